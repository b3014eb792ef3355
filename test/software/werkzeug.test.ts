import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scene } from '../cli/scene.ts';
import { expectLogins, hasPython, importAll, type Known, knownUsers, python, wrongFor } from './software.ts';

const methods = [
  'pbkdf2:sha256:1000',
  'pbkdf2:sha1:500',
  'pbkdf2:sha512:700',
  'pbkdf2:sha384:900',
  'sha256',
  'sha1',
  'md5',
];

/** Hashes by Werkzeug, in the CSV that somebody makes of the table of a Flask application. */
function hashed(users: readonly Known[]): string {
  const hashes = python<string[]>(
    `from werkzeug.security import generate_password_hash as make
print(json.dumps([make(password, method) for password, method in given]))`,
    users.map(({ password }, index) => [password, methods[index % methods.length]]),
  );
  return `username,password_hash\n${users.map(({ username }, index) => `${username},${hashes[index]}\n`).join('')}`;
}

const accepted = (pairs: readonly (readonly [hash: string, password: string])[]): boolean[] =>
  python(
    `from werkzeug.security import check_password_hash as check
print(json.dumps([check(hash, password) for hash, password in given]))`,
    pairs,
  );

const users = knownUsers(
  7,
  Array.from({ length: 5 * methods.length }, (_, index) => `user${index}`),
);

test.skipIf(!hasPython('werkzeug'))('what Werkzeug hashes logs in here', async () => {
  const cli = await scene();
  await importAll(cli, cli.file('flask.csv', hashed(users)), users, '--hash-format werkzeug');
  await expectLogins(cli, users);
});

test.skipIf(!hasPython('werkzeug'))('Werkzeug verifies its hashes when they leave again', async () => {
  const cli = await scene();
  await importAll(cli, cli.file('flask.csv', hashed(users)), users, '--hash-format werkzeug');

  await cli.json(`user export --format json --with-hashes --out ${cli.path('out.json')}`);

  const out: { username: string; passwordHash: string }[] = JSON.parse(
    readFileSync(cli.path('out.json'), 'utf8'),
  );
  const hashOf = new Map(out.map(({ username, passwordHash }) => [username, passwordHash]));
  const pbkdf2 = users.filter((_, index) => methods[index % methods.length]?.startsWith('pbkdf2:'));
  const pairs = (passwordOf: (user: Known) => string) =>
    pbkdf2.map((user) => [hashOf.get(user.username) ?? '', passwordOf(user)] as const);
  expect(accepted(pairs(({ password }) => password))).toEqual(pbkdf2.map(() => true));
  expect(accepted(pairs(wrongFor))).toEqual(pbkdf2.map(() => false));
});
