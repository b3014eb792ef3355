import { expect, test } from 'vitest';
import { databaseKind } from '../../../databases/database.ts';
import { type Scene, scene } from '../../scene.ts';

// The password of all of them is `password`.
const legacy = {
  ssha: '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL',
  nthash: '$3$$8846f7eaee8fb117ad06bdd830b7586c',
  md5crypt: '$1$vkz8WswG$1qP/YBUudpWXiL21gnY8y1',
  plain: '{PLAIN.B64}cGFzc3dvcmQ=',
} as const;

/** A scene with users who have legacy hashes, and one whose hash is current. */
async function legacyScene(hashes: Readonly<Record<string, string | null>> = legacy): Promise<Scene> {
  const set = await scene();
  await set.add(...Object.keys(hashes), 'current');
  setHashes(set, hashes);
  return set;
}

function setHashes({ sql }: Scene, hashes: Readonly<Record<string, string | null>>): void {
  sql((database) => {
    if (databaseKind === 'sqlite') database.exec('pragma secure_delete = on');
    const update = database.prepare('update users set password_hash = ? where username = ?');
    for (const [name, hash] of Object.entries(hashes)) update.run(hash, name);
  });
}

// The word itself is in what commands print: it is no secret that could be looked for.
const login = ({ run }: Scene, name: string, password: string) =>
  run(['user', 'login', name, '--password-stdin'], { stdin: password });

const hashOf = ({ sql }: Scene, name: string) =>
  sql((database) =>
    database.prepare<string>('select password_hash from users where username = ?').pluck().get(name),
  ) ?? '';

test('fast hashes are wrapped, passwords hashed, others left alone; each with an event', async () => {
  const set = await legacyScene();
  const before = { md5crypt: hashOf(set, 'md5crypt'), current: hashOf(set, 'current') };

  expect(await set.json('hash wrap')).toEqual({
    users: 5,
    wrapped: 3,
    skipped: 0,
    unsupported: 0,
    schemes: [
      { scheme: 'ldap-ssha', users: 1 },
      { scheme: 'nt', users: 1 },
      { scheme: 'plaintext', users: 1 },
    ],
    dryRun: false,
  });

  expect(hashOf(set, 'ssha')).toMatch(/^\$wrapped\$v=1,scheme=ldap-ssha\$[^$]+\$2b\$04\$/);
  expect(hashOf(set, 'nthash')).toMatch(/^\$wrapped\$v=1,scheme=nt\$/);
  expect(hashOf(set, 'plain')).toMatch(/^\$2b\$04\$/);
  expect({ md5crypt: hashOf(set, 'md5crypt'), current: hashOf(set, 'current') }).toEqual(before);
  const events = await set.events('--action user.wrap');
  expect(events.map(({ targetName, detail }) => [targetName, detail])).toEqual([
    ['ssha', { from: 'ldap-ssha', to: 'wrapped' }],
    ['nthash', { from: 'nt', to: 'wrapped' }],
    ['plain', { from: 'plaintext', to: 'bcrypt' }],
  ]);
  expect(await set.user('ssha')).toMatchObject({ passwordScheme: 'wrapped', version: 1 });
  // What was at rest is gone from the files, too.
  for (const text of [legacy.ssha, legacy.nthash, legacy.plain]) set.secret(text);
});

test('a second run finds nothing left to do', async () => {
  const set = await legacyScene();
  await set.json('hash wrap');
  const before = set.contents();
  expect(await set.json('hash wrap')).toMatchObject({ users: 5, wrapped: 0, skipped: 0, unsupported: 0 });
  expect(set.contents()).toBe(before);
});

test('a wrapped hash logs in, and the login replaces it by a plain one', async () => {
  const set = await legacyScene();
  await set.json('hash wrap');
  for (const name of ['ssha', 'nthash', 'plain']) {
    expect(await login(set, name, 'Password')).toMatchObject({ exitCode: 3 });
    expect(await login(set, name, 'password')).toMatchObject({ exitCode: 0 });
    expect(hashOf(set, name)).toMatch(/^\$2b\$04\$/);
    expect(await login(set, name, 'password')).toMatchObject({ exitCode: 0 });
    expect(await set.user(name)).toMatchObject({ passwordScheme: 'bcrypt', version: 1 });
  }
  const events = await set.events('--action user.rehash');
  expect(events.map(({ detail }) => detail)).toEqual([
    { from: 'wrapped(ldap-ssha)', to: 'bcrypt' },
    { from: 'wrapped(nt)', to: 'bcrypt' },
  ]);
});

test('the policy chooses the outer hash', async () => {
  const set = await legacyScene({ ssha: legacy.ssha });
  await set.json('policy set scheme=argon2id argon2Memory=64 argon2Passes=1');
  await set.json('hash wrap');
  expect(hashOf(set, 'ssha')).toMatch(
    /^\$wrapped\$v=1,scheme=ldap-ssha\$[^$]+\$argon2id\$v=19\$m=64,t=1,p=1\$/,
  );
  expect(await login(set, 'ssha', 'password')).toMatchObject({ exitCode: 0 });
  expect(await set.user('ssha')).toMatchObject({ passwordScheme: 'argon2id' });
});

test('--scheme names the hashes to wrap, weak ones among them, and leaves the rest', async () => {
  const set = await legacyScene();
  expect(await set.json('hash wrap --scheme md5-crypt --scheme nt')).toMatchObject({
    wrapped: 2,
    schemes: [
      { scheme: 'nt', users: 1 },
      { scheme: 'md5-crypt', users: 1 },
    ],
  });
  expect(hashOf(set, 'ssha')).toBe(legacy.ssha);
  expect(await login(set, 'md5crypt', 'password')).toMatchObject({ exitCode: 0 });
});

test('a scheme that is not there is a usage error', async () => {
  const set = await legacyScene();
  const before = set.contents();
  expect(await set.fails('hash wrap --scheme sha3')).toMatchObject({ exitCode: 2, code: 'usage' });
  expect(set.contents()).toBe(before);
});

test('--dry-run counts and writes nothing', async () => {
  const set = await legacyScene();
  const before = set.contents();
  expect(await set.json('hash wrap --dry-run')).toMatchObject({ users: 5, wrapped: 3, dryRun: true });
  const seen = await set.run('hash wrap --dry-run');
  expect(seen.stdout).toContain('3 (dry run: nothing was written); 1 ldap-ssha; 1 nt; 1 plaintext\n');
  expect(set.contents()).toBe(before);
});

test('hashes that cannot be wrapped are counted, warned of and left alone', async () => {
  const set = await legacyScene({ lanman: `{LANMAN}${'e52cac67419a9a22'.repeat(2)}`, ssha: legacy.ssha });
  const seen = await set.run('hash wrap --json');
  expect(seen.exitCode).toBe(10);
  expect(JSON.parse(seen.stdout)).toMatchObject({ wrapped: 1, unsupported: 1 });
  expect(JSON.parse(seen.stderr).warning).toContain('1 weak hashes');
  expect(hashOf(set, 'lanman')).toContain('{LANMAN}');
});

test('users without a password and hashes of unknown schemes are left alone', async () => {
  const set = await legacyScene({ bare: null, odd_one: 'not any hash' });
  const before = set.contents();
  expect(await set.json('hash wrap')).toMatchObject({ users: 2, wrapped: 0, unsupported: 0 });
  expect(set.contents()).toBe(before);
});

test('interrupted before its first batch it has done nothing', async () => {
  const set = await legacyScene();
  const before = set.contents();
  for (const line of ['hash wrap', 'hash wrap --dry-run']) {
    const seen = await set.run(`${line} --json`, { signal: AbortSignal.abort() });
    expect(seen).toMatchObject({ exitCode: 130, stdout: '' });
    expect(JSON.parse(seen.stderr).error.code).toBe('interrupted');
  }
  expect(set.contents()).toBe(before);
});

test('no output holds any part of a hash', async () => {
  const set = await legacyScene();
  const outputs = [];
  for (const line of [
    'hash report',
    'hash wrap --dry-run',
    'hash wrap',
    'hash report',
    'audit show',
    'user list',
  ]) {
    for (const format of ['table', 'json', 'csv']) outputs.push(await set.run(`${line} -o ${format}`));
  }
  const text = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  for (const part of ['zrgnc1', '8846f7', 'vkz8Ws', '1qP/', 'cGFzc3', 'password=', '$2b$'])
    expect(text).not.toContain(part);
});
