import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cryptSchemes } from '../../../src/hashing/crypt/schemes.ts';
import type { ParsedHash } from '../../../src/hashing/scheme.ts';

interface Vector {
  scheme: string;
  password: string;
  hash: string;
  source: string;
}

const fixture = new URL('../../fixtures/hashes-crypt.json', import.meta.url);
const vectors: Vector[] = JSON.parse(readFileSync(fixture, 'utf8'));

function parseOne(text: string): { id: string; hash: ParsedHash } {
  const found = cryptSchemes.flatMap((scheme) => {
    const hash = scheme.parse(text);
    return hash ? [{ id: scheme.id, hash }] : [];
  });
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`taken by ${found.length} schemes`);
  return first;
}

test('there is a vector for every scheme', () => {
  expect(new Set(vectors.map((vector) => vector.scheme))).toEqual(new Set(cryptSchemes.map(({ id }) => id)));
});

test.each(vectors)('$scheme of $source is taken by its scheme alone and verifies', async (vector) => {
  const { id, hash } = parseOne(vector.hash);

  expect(id).toBe(vector.scheme);
  expect(hash.problem).toBeUndefined();
  expect(await hash.compute(vector.password)).toEqual(hash.digest);
  expect(await hash.compute(`${vector.password.slice(0, -1)}D`)).not.toEqual(hash.digest);
});

test.each(vectors)('$scheme of $source is written back unchanged, or with another digest', (vector) => {
  const { hash } = parseOne(vector.hash);
  const other = hash.digest.map((byte) => byte ^ 0xa5);

  expect(hash.text()).toBe(vector.hash);
  expect(parseOne(hash.text(other)).hash.digest).toEqual(other);
  expect(parseOne(hash.text(other)).hash.text(hash.digest)).toBe(vector.hash);
});

// Settings of the vectors in https://www.akkadia.org/drepper/SHA-crypt.txt; the definition moves 10 rounds up to
// 1000, where libxcrypt refuses them.
test.each([
  ['$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5', 'Hello world!'],
  ['$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA', 'Hello world!'],
  [
    '$5$rounds=10$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC',
    'the minimum number is still observed',
  ],
])('SHA-crypt follows its definition: %s', async (text, password) => {
  const { hash } = parseOne(text);

  expect(await hash.compute(password)).toEqual(hash.digest);
  expect(hash.text()).toBe(text.replace('rounds=10$', 'rounds=1000$'));
});

test('an NT hash is over UTF-16LE, as passlib has it', async () => {
  const { hash } = parseOne('$3$$343b5f56098bef0de4739d82d102f3ca');

  expect(await hash.compute('pässwörd€😀')).toEqual(hash.digest);
});
