import { expect, test } from 'vitest';
import { ntScheme } from '../../src/hashing/crypt/nt.ts';
import { matches } from '../../src/hashing/index.ts';

test.each([
  // perl -e 'print crypt("p\xc3\xa4ss\xe2\x82\xac", q($3$))' with libxcrypt 4.4.33: each byte of the UTF-8 widened.
  ['crypt(3)', '$3$$082ee3965db94b8fca680795cce9645f'],
  // passlib.hash.bsd_nthash.hash('päss€'): UTF-16, as Windows has it.
  ['passlib', '$3$$452468b2e855e49f1169698e4c086623'],
])('an NT hash of %s takes its password beyond ASCII', async (_software, text) => {
  const hash = ntScheme.parse(text);
  if (!hash) throw new Error('not parsed');
  expect(await matches(hash, 'päss€')).toBe(true);
  expect(await matches(hash, 'pass€')).toBe(false);
});
