import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveHash } from '../../src/hashing/detect/detect.ts';
import { allSchemes, type IdentifiedHash, identify, matches, schemeLabel } from '../../src/hashing/index.ts';
import { type HashSettings, isOutdated } from '../../src/hashing/new-hash.ts';
import { HashPool } from '../../src/hashing/pool.ts';
import { wrappedScheme } from '../../src/hashing/registry.ts';
import { isWrappable, wrapHash, wrapProblem, wrapText } from '../../src/hashing/wrap.ts';
import { wrappedText } from '../../src/hashing/wrapped-scheme.ts';

interface Vector {
  format: string;
  password: string;
  hash: string;
}

const bcrypt4: HashSettings = {
  scheme: 'bcrypt',
  bcryptCost: 4,
  argon2Memory: 64,
  argon2Passes: 1,
  argon2Lanes: 1,
};
const argon2id: HashSettings = { ...bcrypt4, scheme: 'argon2id' };
const ssha = '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL';

const vectors = ['digest', 'crypt', 'kdf'].flatMap((name): Vector[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', `hashes-${name}.json`), 'utf8')),
);

async function known(text: string): Promise<IdentifiedHash> {
  const identified = await identify(text);
  if (!identified) throw new Error('no scheme takes the text');
  return identified;
}

const identified: (Omit<Vector, 'hash'> & IdentifiedHash & { text: string })[] = [];
for (const vector of vectors) {
  const found = await identify(vector.hash);
  if (found && !found.hash.problem) identified.push({ ...vector, ...found, text: vector.hash });
}
const ofStrength = (strength: string) => identified.filter(({ hash }) => hash.strength === strength);

test('there are vectors of every kind', () => {
  expect(new Set(ofStrength('fast').map(({ scheme }) => scheme.id)).size).toBeGreaterThan(25);
  expect(ofStrength('weak').length).toBeGreaterThan(15);
  expect(ofStrength('none').length).toBeGreaterThan(1);
});

const wrappable = [...ofStrength('fast'), ...ofStrength('weak')];
test.each(wrappable.map((vector) => [vector.format, vector.text, vector] as const))(
  '%s is wrapped and verified: %s',
  async (_format, _text, vector) => {
    expect(wrapProblem(vector)).toBeUndefined();
    const text = await wrapHash(vector, bcrypt4);
    expect(text.length).toBeLessThanOrEqual(2048);

    const { scheme, hash } = await known(text);
    expect(scheme.id).toBe('wrapped');
    expect(hash).toMatchObject({ parameters: { inner: vector.scheme.id, cost: 4 }, strength: 'weak' });
    expect(hash.text()).toBe(text);
    expect(await matches(hash, vector.password)).toBe(true);
    expect(await matches(hash, `x${vector.password}`)).toBe(false);

    // Nothing of the old digest is left: with another digest in its place the shell is the same.
    const shell = Buffer.from(text.split('$')[3] ?? '', 'base64').toString('utf8');
    const zeros = new Uint8Array(vector.hash.digest.length);
    expect(vector.scheme.parse(shell)?.digest).toEqual(zeros);
    const other = vector.scheme.parse(vector.hash.text(vector.hash.digest.map((byte) => byte ^ 0xa5)));
    expect(other?.text(zeros)).toBe(shell);
  },
);

test.each(ofStrength('none').map((vector) => [vector.format, vector] as const))(
  'the password that %s holds is hashed outright',
  async (_format, vector) => {
    const { scheme, hash } = await known(await wrapHash(vector, bcrypt4));
    expect(scheme.id).toBe('bcrypt');
    expect(await matches(hash, vector.password)).toBe(true);
    expect(await matches(hash, `${vector.password}x`)).toBe(false);
  },
);

test.each([
  ['NUL', Buffer.from('a\0b')],
  ['no UTF-8', Buffer.from([0xff, 0x61])],
])('plaintext that holds %s cannot be hashed', async (_what, bytes) => {
  const plain = await known(`{PLAIN.B64}${bytes.toString('base64')}`);
  expect(wrapProblem(plain)).toMatchObject({ code: 'unsupported' });
  await expect(wrapHash(plain, bcrypt4)).rejects.toThrow('not UTF-8');
});

test('plaintext in decomposed form is hashed in NFC, and longer than bcrypt reads as bcrypt-sha256', async () => {
  const password = `e\u0301${'x'.repeat(90)}`;
  const { scheme, hash } = await known(await wrapText(`{CLEARTEXT}${password}`, bcrypt4));
  expect(scheme.id).toBe('bcrypt-sha256');
  expect(await matches(hash, password)).toBe(true);
  expect(await matches(hash, password.normalize('NFC'))).toBe(true);
});

test('Argon2id can be the outer hash', async () => {
  const { hash } = await known(await wrapText(ssha, argon2id));
  expect(hash.parameters).toEqual({ inner: 'ldap-ssha', version: 0x13, memoryKiB: 64, passes: 1, lanes: 1 });
  expect(await matches(hash, 'password')).toBe(true);
  expect(await matches(hash, 'Password')).toBe(false);
});

test('a wrapped hash is outdated whatever its cost, is not wrapped again, and has a name of its own', async () => {
  const wrapped = await known(await wrapText(ssha, bcrypt4));
  expect(isOutdated(wrapped, 'password', bcrypt4)).toBe(true);
  expect(isWrappable(wrapped)).toBe(false);
  expect(wrapProblem(wrapped)).toMatchObject({ code: 'unsupported' });
  expect(schemeLabel(wrapped)).toBe('wrapped(ldap-ssha)');
  expect(schemeLabel(await known(ssha))).toBe('ldap-ssha');
});

test('a strong hash, an unknown one and one that must not be run are not wrapped', async () => {
  const strong = `$2b$12$${'a'.repeat(53)}`;
  expect(wrapProblem(await known(strong))).toMatchObject({ code: 'unsupported' });
  expect(wrapProblem(await known(`{LANMAN}${'0'.repeat(32)}`))).toMatchObject({ code: 'unsupported' });
  await expect(wrapText('no hash at all', bcrypt4)).rejects.toThrow('no scheme takes');
  await expect(wrapText(strong, bcrypt4)).rejects.toThrow('needs no wrapping');
});

test('a hash that would not fit its column is refused before it is computed', async () => {
  const salted = (bytes: number) => `{SSHA}${Buffer.alloc(20 + bytes, 7).toString('base64')}`;
  expect(wrapProblem(await known(salted(1200)))?.message).toContain('too long');
  const longest = await known(salted(900));
  expect(wrapProblem(longest)).toBeUndefined();
  expect((await wrapHash(longest, argon2id)).length).toBeLessThanOrEqual(2048);
});

test('the registry takes a wrapped hash out of a dump', async () => {
  const text = await wrapText(ssha, bcrypt4);
  expect(resolveHash({ text }, await allSchemes())).toMatchObject({
    kind: 'hash',
    scheme: { id: 'wrapped' },
  });
  expect((await allSchemes()).filter((scheme) => scheme.parse(text))).toEqual([wrappedScheme]);
});

test('a wrapped hash that nobody can verify matches no password', async () => {
  const good = (await wrapText(ssha, bcrypt4)).split('$');
  const outer = `$${good.slice(4).join('$')}`;
  const shells = [
    ['no-such-scheme', ssha],
    ['ldap-ssha', 'not of this scheme'],
    ['werkzeug-pbkdf2', `pbkdf2:sha256:999999999$salt$${'0'.repeat(64)}`],
  ] as const;
  for (const [inner, shell] of shells) {
    const { hash } = await known(wrappedText({ inner, shell, outer }));
    expect(await matches(hash, 'password')).toBe(false);
  }
});

test('texts that are almost wrapped hashes are not taken', async () => {
  const good = await wrapText(ssha, bcrypt4);
  const shell = good.split('$')[3] ?? '';
  const bad = [
    good.slice(0, -1),
    `${good}x`,
    good.replace('v=1', 'v=2'),
    good.replace('ldap-ssha', 'wrapped'),
    good.replace('ldap-ssha', 'LDAP'),
    good.replace('ldap-ssha', ''),
    good.replace(shell, ''),
    good.replace(shell, `${shell}=`),
    good.replace(shell, `${shell.slice(0, -1)}!`),
    good.replace('$2b$', '$2x$'),
    good.replace('$2b$', '$argon2i$'),
    `$wrapped$v=1,scheme=${'a'.repeat(100_000)}`,
    `$wrapped$v=1,scheme=a$${'A'.repeat(100_000)}`,
    `$wrapped$v=1,scheme=a$AAAA$${'$'.repeat(100_000)}`,
  ];
  for (const text of bad) expect(wrappedScheme.parse(text), text.slice(0, 80)).toBeUndefined();
  expect(wrappedScheme.parse(good.replace('$2b$04$', '$2b$31$'))?.problem).toMatchObject({
    code: 'over-cost',
  });
});

test('the pool wraps as this thread does', async () => {
  const pool = new HashPool(join(import.meta.dirname, '../../dist/hash-worker.cjs'), 2);
  try {
    const texts = await Promise.all([
      pool.wrap(ssha, bcrypt4),
      pool.wrap(ssha, bcrypt4),
      pool.hash('pass', bcrypt4),
    ]);
    const hashes = await Promise.all(texts.map(known));
    expect(hashes.map(schemeLabel)).toEqual(['wrapped(ldap-ssha)', 'wrapped(ldap-ssha)', 'bcrypt']);
    expect(await Promise.all(hashes.map(({ hash }) => matches(hash, 'password')))).toEqual([
      true,
      true,
      false,
    ]);
    expect(texts[0]).not.toBe(texts[1]);
    await expect(pool.wrap('no hash at all', bcrypt4)).rejects.toThrow('no scheme takes');
  } finally {
    await pool.close();
  }
});
