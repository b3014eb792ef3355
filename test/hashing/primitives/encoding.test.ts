import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCrypt64,
  decodeDes64,
  encodeCrypt64,
  encodeDes64,
  unpackCrypt64,
} from '../../../src/hashing/primitives/crypt-base64.ts';
import {
  decodeAdaptedBase64,
  decodeBase64,
  decodeBase64Url,
  decodeHex,
  encodeAdaptedBase64,
  encodeBase64,
  encodeBase64Url,
  encodeHex,
  encodeUnpaddedBase64,
} from '../../../src/hashing/primitives/encoding.ts';

const codecs = [
  ['base64', encodeBase64, decodeBase64],
  ['unpadded base64', encodeUnpaddedBase64, decodeBase64],
  ['base64url', encodeBase64Url, decodeBase64Url],
  ['adapted base64', encodeAdaptedBase64, decodeAdaptedBase64],
  ['hexadecimal', encodeHex, decodeHex],
  ['crypt(3) base64', encodeCrypt64, decodeCrypt64],
] as const;

describe.each(codecs)('%s', (_name, encode, decode) => {
  test('gives all bytes back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decode(encode(bytes))).toEqual(bytes);
      }),
    );
  });

  test('text outside of the alphabet is refused', () => {
    for (const text of ['é', '!', ' ', 'AA A', 'AAAA\n', '\nAAAA', 'AA\0A', '=']) {
      expect(decode(text)).toBeUndefined();
    }
  });
});

test.each([
  ['base64', decodeBase64, [encodeBase64, encodeUnpaddedBase64], '+/=09afAFzZ-_.'],
  ['crypt(3) base64', decodeCrypt64, [encodeCrypt64], './09afAFzZ=+-'],
  ['hexadecimal', decodeHex, [encodeHex, (bytes: Uint8Array) => encodeHex(bytes).toUpperCase()], '09af'],
] as const)('%s that is read is what is written of its bytes', (_name, decode, encoders, characters) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...characters) }), (text) => {
      const bytes = decode(text);
      if (bytes) expect(encoders.map((encode) => encode(bytes))).toContain(text);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['padding that is too short', 'AA='],
  ['padding that is too long', 'AAA=='],
  ['padding where none belongs', 'AAAA='],
  ['three signs of padding', 'A==='],
  ['padding in the middle', 'AA==AAAA'],
  ['a character too many', 'AAAAA'],
  ['a bit set that fills no byte', 'AB=='],
  ['a bit set that fills no byte, unpadded', 'AB'],
  ['characters of base64url', '-_8='],
])('base64 with %s is refused', (_what, text) => {
  expect(decodeBase64(text)).toBeUndefined();
});

test.each([
  ['padded', 'AAECAw=='],
  ['unpadded', 'AAECAw'],
])('base64 is read %s', (_how, text) => {
  expect(decodeBase64(text)).toEqual(Uint8Array.of(0, 1, 2, 3));
});

test.each([
  ['an odd number of digits', 'abc'],
  ['a prefix', '0x00'],
])('hexadecimal with %s is refused', (_what, text) => {
  expect(decodeHex(text)).toBeUndefined();
});

test('hexadecimal is read in either case and written in lower case', () => {
  expect(decodeHex('00aBFf')).toEqual(Uint8Array.of(0, 0xab, 0xff));
  expect(encodeHex(Uint8Array.of(0, 0xab, 0xff))).toBe('00abff');
});

test('bits behind the last byte of crypt(3) base64 are refused unless the caller asks to keep them', () => {
  expect(unpackCrypt64('/D')).toEqual({ bytes: Uint8Array.of(0xc1), rest: 3 });
  expect(encodeCrypt64(Uint8Array.of(0xc1), 3)).toBe('/D');
  expect(decodeCrypt64('/D')).toBeUndefined();
  expect(decodeCrypt64('A')).toBeUndefined();
});

test('DES base64 has eight bytes, and no bits beyond them', () => {
  const eight = fc.uint8Array({ minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(eight, (bytes) => {
      expect(decodeDes64(encodeDes64(bytes))).toEqual(bytes);
    }),
  );
  for (const text of ['..........', '............', '........../', '..........=']) {
    expect(decodeDes64(text)).toBeUndefined();
  }
});
