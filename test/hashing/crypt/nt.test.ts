import { expect, test } from 'vitest';
import { ntScheme } from '../../../src/hashing/crypt/nt.ts';
import { matches } from '../../../src/hashing/index.ts';
import type { HashSettings } from '../../../src/hashing/new-hash.ts';
import { firstOwner, wrappedScheme } from '../../../src/hashing/registry.ts';
import { wrapHash } from '../../../src/hashing/wrap.ts';

const settings: HashSettings = {
  scheme: 'bcrypt',
  bcryptCost: 4,
  argon2Memory: 64,
  argon2Passes: 1,
  argon2Lanes: 1,
};

const hashes = [
  // perl -e 'print crypt("p\xc3\xa4ss\xe2\x82\xac", q($3$))' with libxcrypt 4.4.33: each byte of the UTF-8 widened.
  ['crypt(3)', '$3$$082ee3965db94b8fca680795cce9645f'],
  // passlib.hash.bsd_nthash.hash('päss€'): UTF-16, as Windows has it.
  ['passlib', '$3$$452468b2e855e49f1169698e4c086623'],
] as const;

test.each(hashes)('an NT hash of %s takes its password beyond ASCII', async (_software, text) => {
  const hash = ntScheme.parse(text);
  if (!hash) throw new Error('not parsed');
  expect(await matches(hash, 'päss€')).toBe(true);
  expect(await matches(hash, 'pass€')).toBe(false);
});

test.each(hashes)('and an NT hash of %s that is wrapped takes it as well', async (_software, text) => {
  const identified = firstOwner([ntScheme], text);
  if (!identified) throw new Error('not parsed');
  const wrapped = wrappedScheme.parse(await wrapHash(identified, settings));
  if (!wrapped) throw new Error('not wrapped');
  expect(await matches(wrapped, 'päss€')).toBe(true);
  expect(await matches(wrapped, 'pass€')).toBe(false);
});
