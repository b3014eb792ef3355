import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HashInput, parseHashFormat, resolveHash } from '../../../src/hashing/detect/detect.ts';
import { digestSchemes } from '../../../src/hashing/digest/schemes.ts';
import { digestOf } from '../../../src/hashing/primitives/digests.ts';
import { encodeBase64, encodeHex, utf8 } from '../../../src/hashing/primitives/encoding.ts';
import type { HashScheme, ParsedHash } from '../../../src/hashing/scheme.ts';

interface Vector {
  format: string;
  password: string;
  hash: string;
  scheme: string;
  hashFormat?: string;
  salt?: string;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../fixtures/hashes-digest.json', import.meta.url), 'utf8'),
);

function resolved(input: HashInput): { scheme: HashScheme; hash: ParsedHash } {
  const resolution = resolveHash(input, digestSchemes);
  if (resolution.kind !== 'hash') throw new Error(`${resolution.kind}: ${JSON.stringify(resolution)}`);
  return resolution;
}

const ofVector = ({ hash, salt, hashFormat }: Vector) =>
  resolved({ text: hash, salt, format: hashFormat === undefined ? undefined : parseHashFormat(hashFormat) });

const hexOf = async (hash: ParsedHash, password: string) => encodeHex(await hash.compute(password));

/** One stored text of every scheme, for the contract below. */
const samples = new Map<string, string>();
for (const vector of vectors) samples.set(vector.scheme, ofVector(vector).hash.text());
for (const [id, text] of [
  ...(['sha224', 'sha384'] as const).flatMap((name) => {
    const digest = encodeBase64(digestOf(name, utf8('password')));
    const salted = `$${name}$pf=${encodeBase64(utf8('{PASSWORD}'))}$$${digest}`;
    return [
      [name, `$${name}$${digest}`],
      [`${name}-template`, salted],
    ] as const;
  }),
  ...(['sha256', 'sha384', 'sha512'] as const).map(
    (name) =>
      [`ldap-${name}`, `{${name.toUpperCase()}}${encodeBase64(digestOf(name, utf8('password')))}`] as const,
  ),
  ['ldap-ssha384', `{SSHA384}${encodeBase64(digestOf('sha384', utf8('passwordNaCl')))}TmFDbA==`],
  [
    'mssql2012',
    `0x020000000000${encodeHex(digestOf('sha512', Buffer.from('password\0\0', 'utf16le'))).toUpperCase()}`,
  ],
  ['phpass-md5', `U$P$${samples.get('phpass')?.slice(3)}`],
  ['drupal7-md5', `U$S$${samples.get('drupal7')?.slice(3)}`],
  ['lm', '{LANMAN}e52cac67419a9a224a3b108f3fa6cb6d'],
] as const) {
  samples.set(id, text);
}

describe('vectors', () => {
  test.each(vectors)('$format ($scheme) verifies', async (vector) => {
    const { scheme, hash } = ofVector(vector);

    expect(scheme.id).toBe(vector.scheme);
    expect(hash.problem).toBeUndefined();
    expect(await hexOf(hash, vector.password)).toBe(encodeHex(hash.digest));
    expect(await hexOf(hash, `${vector.password}x`)).not.toBe(encodeHex(hash.digest));
    expect(await hexOf(hash, '')).not.toBe(encodeHex(hash.digest));
  });
});

describe('every scheme', () => {
  test('has a sample, and ids are unique', () => {
    const ids = digestSchemes.map((scheme) => scheme.id);

    expect([...samples.keys()].sort()).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(digestSchemes)('$id stores a text that is its own', ({ id, parse }) => {
    const text = samples.get(id) ?? '';
    const hash = parse(text);

    expect(hash?.text()).toBe(text);
    const takers = digestSchemes.filter((scheme) => scheme.parse(text)).map((scheme) => scheme.id);
    expect(takers).toEqual([id]);
  });

  test.each(digestSchemes)('$id keeps everything but the digest in another text', ({ id, parse }) => {
    const hash = parse(samples.get(id) ?? '');
    const other = hash?.digest.map((byte) => byte ^ 0xa5);
    const again = parse(hash?.text(other) ?? '');

    expect(again?.digest).toEqual(other);
    expect(again?.parameters).toEqual(hash?.parameters);
    expect(again?.text(hash?.digest)).toBe(hash?.text());
  });

  test.each(digestSchemes)('$id names its strength', ({ id, parse }) => {
    const strength = id === 'plaintext' ? 'none' : /^(phpass|drupal7)/.test(id) ? 'weak' : 'fast';

    expect(parse(samples.get(id) ?? '')?.strength).toBe(strength);
  });

  test('throws at no text, and takes none it cannot write again', () => {
    const nearHash = fc
      .tuple(fc.constantFrom(...samples.values()), fc.nat(200), fc.nat(8), fc.string({ maxLength: 8 }))
      .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));

    fc.assert(
      fc.property(fc.oneof(nearHash, fc.string({ unit: 'binary' })), (text) => {
        for (const scheme of digestSchemes) {
          const hash = scheme.parse(text);
          if (!hash) continue;
          expect(scheme.parse(hash.text())?.text()).toBe(hash.text());
          expect(scheme.parse(hash.text())?.digest).toEqual(hash.digest);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
