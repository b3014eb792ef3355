import { expect, test } from 'vitest';
import { encodeHex } from '../../../src/hashing/primitives/encoding.ts';
import { md4 } from '../../../src/hashing/primitives/md4.ts';

// RFC 1320, appendix A.5.
test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
])('MD4 gives the digests of RFC 1320: %j', async (message, digest) => {
  expect(encodeHex(await md4(Buffer.from(message)))).toBe(digest);
});
