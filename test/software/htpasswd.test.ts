import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scene } from '../cli/scene.ts';
import {
  addKnown,
  expectLogins,
  has,
  importAll,
  type Known,
  knownUsers,
  output,
  wrongFor,
} from './software.ts';

const options = {
  apr1: ['-m'],
  sha1: ['-s'],
  des: ['-d'],
  sha256: ['-2', '-r', '1000'],
  sha512: ['-5', '-r', '1000'],
  bcrypt: ['-B', '-C', '4'],
};
const names = Object.keys(options).flatMap((name) => [1, 2, 3, 4, 5].map((index) => `${name}${index}`));

/** A password file that htpasswd(1) itself has written, a call for each user. */
function written(path: string, users: readonly Known[]): string {
  writeFileSync(path, '', { mode: 0o600 });
  for (const { username, password } of users) {
    const [, flags = []] = Object.entries(options).find(([name]) => username.startsWith(name)) ?? [];
    output('htpasswd', ['-i', ...flags, path, username], password);
  }
  return path;
}

const accepts = (file: string, username: string, password: string): boolean =>
  spawnSync('htpasswd', ['-vi', file, username], { input: password }).status === 0;

test.skipIf(!has('htpasswd'))('what htpasswd hashes logs in here', async () => {
  const cli = await scene();
  // DES crypt sees eight bytes.
  const users = knownUsers(1, names).map((user) =>
    user.username.startsWith('des') ? { ...user, password: [...user.password].slice(0, 8).join('') } : user,
  );
  await importAll(cli, written(cli.path('htpasswd'), users), users);
  await expectLogins(cli, users);
});

test.skipIf(!has('htpasswd'))('htpasswd -v verifies what we export, ours and its own', async () => {
  const cli = await scene();
  const own = knownUsers(2, ['mine1', 'mine2', 'mine3', 'mine4', 'mine5', 'mine6']);
  // What crypt(3) of the system verifies, and Apache passes on to it.
  const theirs = knownUsers(3, names);
  await addKnown(cli, own);
  await importAll(cli, written(cli.path('htpasswd'), theirs), theirs);

  await cli.json(`user export --format htpasswd --with-hashes --out ${cli.path('out')}`);

  for (const user of [...own, ...theirs.filter(({ username }) => !username.startsWith('des'))]) {
    expect(accepts(cli.path('out'), user.username, user.password), user.username).toBe(true);
    expect(accepts(cli.path('out'), user.username, wrongFor(user)), user.username).toBe(false);
  }
});
