import { randomBytes } from 'node:crypto';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Scene, scene } from '../cli/scene.ts';
import { administrator, databaseKind, newDatabase } from '../databases/database.ts';
import { privateFolder } from '../databases/kinds.ts';

// start.sh lets this user of PostgreSQL in by SCRAM-SHA-256 alone; others are let in without a password.
const scramUser = 'authctl_password_client';

beforeEach(({ skip }) => {
  if (privateFolder(databaseKind) === undefined) skip('the server is not one that start.sh has started');
});

/** What a driver might lose on the way: escapes of a URL, quotes, letters of other scripts. */
const password = `S3cret %41/@:?#&='"\\ é`;

/** A user who needs the password, and the location of a database of this user's that is not there yet. */
function passwordUser(): string {
  const user = databaseKind === 'postgres' ? scramUser : `authctl_test_${randomBytes(4).toString('hex')}`;
  const quoted = `'${password.replaceAll("'", "''").replaceAll('\\', databaseKind === 'mysql' ? '\\\\' : '\\')}'`;
  const location = new URL(newDatabase(''));
  if (databaseKind === 'postgres') administrator().query(`alter role ${user} password ${quoted}`);
  else {
    administrator().query(`create user ${user} identified by ${quoted}`);
    administrator().query(`grant all on \`${location.pathname.slice(1)}\`.* to ${user}`);
    onTestFinished(() => {
      administrator().query(`drop user ${user}`);
    });
  }
  [location.username, location.password] = [user, ''];
  return location.href;
}

const passwordFile = (on: Scene, text: string) => on.file(`password-${text.length}`, `${on.secret(text)}\n`);

test('the password of the database is read from its file, and a wrong one or none is refused', async () => {
  const on = await scene({ migrated: false });
  const env = { AUTHCTL_DATABASE: passwordUser(), AUTHCTL_TIMEOUT: '5s' };
  const right = passwordFile(on, password);
  const wrong = passwordFile(on, 'Wrong-password-1');

  expect((await on.run(`migrate up --database-password-file ${right}`, { env })).exitCode).toBe(0);
  expect(await on.json(`user list --database-password-file ${right}`, { env })).toEqual([]);
  for (const option of ['', `--database-password-file ${wrong}`]) {
    const refused = await on.fails(`user list ${option}`, { env });
    expect(refused, option).toMatchObject({ exitCode: 8, code: 'database-unusable' });
    expect(refused.message).toMatch(/refuses the user|password/);
  }
});

test('the password of a copy is read from its file, and a wrong one is refused', async () => {
  const on = await scene();
  const target = passwordUser();
  const wrong = passwordFile(on, 'Wrong-password-1');
  const refused = await on.fails(`db copy ${target} --to-password-file ${wrong} --yes`);
  expect(refused).toMatchObject({ exitCode: 8, code: 'database-unusable' });

  const right = passwordFile(on, password);
  const copied = await on.json(`db copy ${target} --to-password-file ${right} --yes`);
  expect(copied).toMatchObject({ resumed: false });
});
