import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scene } from '../cli/scene.ts';
import {
  addKnown,
  expectLogins,
  hasPython,
  importAll,
  type Known,
  knownUsers,
  python,
  wrongFor,
} from './software.ts';

/** passlib's schemes, with settings that make them quick. */
const schemes: Record<string, Record<string, number | string>> = {
  md5_crypt: {},
  apr_md5_crypt: {},
  sha1_crypt: { rounds: 500 },
  sha256_crypt: { rounds: 1000 },
  sha512_crypt: { rounds: 1000 },
  sun_md5_crypt: { rounds: 100 },
  bsdi_crypt: { rounds: 101 },
  bcrypt: { rounds: 4 },
  bcrypt_sha256: { rounds: 4 },
  argon2: { rounds: 1, memory_cost: 1024 },
  scrypt: { rounds: 8 },
  pbkdf2_sha1: { rounds: 1000 },
  pbkdf2_sha256: { rounds: 1000 },
  pbkdf2_sha512: { rounds: 1000 },
  phpass: { rounds: 7 },
  grub_pbkdf2_sha512: { rounds: 1000 },
  cta_pbkdf2_sha1: { rounds: 1000 },
  dlitz_pbkdf2_sha1: { rounds: 1000 },
  atlassian_pbkdf2_sha1: {},
  fshp: { rounds: 1000 },
  ldap_salted_sha1: {},
  ldap_salted_sha512: {},
  ldap_pbkdf2_sha256: { rounds: 1000 },
  mssql2005: {},
  mysql41: {},
  oracle11: {},
};
const names = Object.keys(schemes);
const users = knownUsers(
  11,
  names.flatMap((scheme) => [1, 2, 3, 4, 5].map((index) => `${scheme}_${index}`)),
);

function hashed(): string {
  const hashes = python<string[]>(
    `import passlib.hash
print(json.dumps([getattr(passlib.hash, scheme).using(**settings).hash(password) for scheme, settings, password in given]))`,
    users.map((user) => [schemeOf(user), schemes[schemeOf(user)], user.password]),
  );
  return JSON.stringify(users.map(({ username }, index) => ({ username, password_hash: hashes[index] })));
}

/** passlib's name of the scheme that a user is hashed with. */
const schemeOf = ({ username }: Known): string => username.slice(0, username.lastIndexOf('_'));

/** Whether passlib accepts the passwords by the hashes. */
const accepted = (
  triples: readonly (readonly [scheme: string, hash: string, password: string])[],
): boolean[] =>
  python(
    `import passlib.hash
print(json.dumps([getattr(passlib.hash, scheme).verify(password, hash) for scheme, hash, password in given]))`,
    triples,
  );

test.skipIf(!hasPython('passlib', 'bcrypt', 'argon2'))('what passlib hashes logs in here', async () => {
  const cli = await scene();
  await importAll(cli, cli.file('users.json', hashed()), users);
  await expectLogins(cli, users);
});

test.skipIf(!hasPython('passlib', 'bcrypt', 'argon2'))(
  'passlib verifies what we export, ours and its own',
  async () => {
    const cli = await scene();
    const own = knownUsers(12, [
      'bcrypt_mine1',
      'bcrypt_mine2',
      'bcrypt_mine3',
      'bcrypt_mine4',
      'bcrypt_mine5',
    ]);
    // More than bcrypt takes: stored as passlib's bcrypt_sha256.
    const long = knownUsers(13, ['bcrypt_sha256_long1', 'bcrypt_sha256_long2']).map((user) => ({
      ...user,
      password: user.password.padEnd(100, user.password),
    }));
    const argon2 = knownUsers(14, [
      'argon2_other1',
      'argon2_other2',
      'argon2_other3',
      'argon2_other4',
      'argon2_other5',
    ]);
    await addKnown(cli, [...own, ...long]);
    await cli.json('policy set scheme=argon2id argon2Memory=1024');
    await addKnown(cli, argon2);
    await importAll(cli, cli.file('users.json', hashed()), users);

    await cli.json(`user export --format ndjson --with-hashes --out ${cli.path('out.ndjson')}`);

    const out: { username: string; passwordHash: string }[] = readFileSync(cli.path('out.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const hashOf = new Map(out.map(({ username, passwordHash }) => [username, passwordHash]));
    const all = [...own, ...long, ...argon2, ...users];
    const triples = (passwordOf: (user: Known) => string) =>
      all.map((user) => [schemeOf(user), hashOf.get(user.username) ?? '', passwordOf(user)] as const);
    const right = accepted(triples(({ password }) => password));
    const wrong = accepted(triples(wrongFor));
    expect(all.filter((_, index) => right[index] !== true).map(({ username }) => username)).toEqual([]);
    expect(all.filter((_, index) => wrong[index] !== false).map(({ username }) => username)).toEqual([]);
  },
);
