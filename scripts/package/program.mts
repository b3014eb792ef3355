// A program of a stranger, which package:check compiles and runs against the installed package.
import { createRequire } from 'node:module';
import { type Authctl, AuthctlError, openAuthctl, type UserRecord } from 'authctl';

const [, , database = '', dump = ''] = process.argv;
const password = 'Correct-horse-3';

const authctl: Authctl = await openAuthctl({ database, actor: 'my-app', migrate: true });
const { user } = await authctl.users.add({ username: 'carol', password: { kind: 'given', password } });
const login = await authctl.logins.login('carol', password);
if (login.outcome !== 'ok' || login.user.id !== user.id) throw new Error('carol cannot log in');

const again: unknown = await authctl.users
  .add({ username: 'carol', password: { kind: 'none' } })
  .catch((error: unknown) => error);
if (!(again instanceof AuthctlError) || again.code !== 'user-exists') throw new Error('carol is there twice');

// Rows are read and hashed by workers, which are files of the package.
const report = await authctl.imports.run({ file: dump });
if (report.created !== 1) throw new Error(`${report.created} rows were imported`);

const names: UserRecord['username'][] = [];
for await (const { username } of authctl.users.list()) names.push(username);
if (names.join() !== 'bob,carol') throw new Error(`the users are ${names.join()}`);

export function mistakes(): void {
  // @ts-expect-error: a user has no name of this kind
  void authctl.users.add({ name: 'dave', password: { kind: 'none' } });
  // @ts-expect-error: the caller must be known
  void openAuthctl({ database });
}
await authctl.close();

if (createRequire(import.meta.url)('authctl').AuthctlError !== AuthctlError)
  throw new Error('import and require give different classes');
