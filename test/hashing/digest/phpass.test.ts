import { describe, expect, test } from 'vitest';
import { drupal7Md5Scheme, drupal7Scheme } from '../../../src/hashing/digest/drupal.ts';
import { phpassMd5Scheme, phpassScheme } from '../../../src/hashing/digest/phpass.ts';
import { digestOf } from '../../../src/hashing/primitives/digests.ts';
import { encodeHex, utf8 } from '../../../src/hashing/primitives/encoding.ts';

const salt = 'saltsalt';
const phpass = `${salt}${'.'.repeat(22)}`;
const drupal = `${salt}${'.'.repeat(43)}`;

describe('cost', () => {
  test.each([
    ['3', 5, 'unsupported'],
    ['4', 6, 'unsupported'],
    ['5', 7, undefined],
    ['I', 20, undefined],
    ['J', 21, 'over-cost'],
    ['S', 30, 'over-cost'],
    ['T', 31, 'unsupported'],
    ['z', 63, 'unsupported'],
  ])('%s is %d: %s', (letter, cost, code) => {
    for (const hash of [
      phpassScheme.parse(`$P$${letter}${phpass}`),
      phpassScheme.parse(`$H$${letter}${phpass}`),
      drupal7Scheme.parse(`$S$${letter}${drupal}`),
    ]) {
      expect(hash?.parameters).toEqual({ cost });
      expect(hash?.problem?.code).toBe(code);
    }
  });
});

describe('over MD5', () => {
  test.each([
    [phpassScheme, phpassMd5Scheme, `$P$5${phpass}`],
    [drupal7Scheme, drupal7Md5Scheme, `$S$5${drupal}`],
  ])('the MD5 in hexadecimal is the password', async (plain, overMd5, text) => {
    const md5 = encodeHex(digestOf('md5', utf8('pässword')));
    const expected = await plain.parse(text)?.compute(md5);
    const hash = overMd5.parse(`U${text}`);

    expect(encodeHex((await hash?.compute('pässword')) ?? new Uint8Array(0))).toBe(
      encodeHex(expected ?? new Uint8Array(0)),
    );
    expect(expected).toHaveLength(hash?.digest.length ?? 0);
    expect(hash?.text()).toBe(`U${text}`);
  });
});

describe('spelling', () => {
  test('$H$ is stored as $P$', () => {
    expect(phpassScheme.parse(`$H$B${phpass}`)?.text()).toBe(`$P$B${phpass}`);
  });

  test.each([
    ['one character short', `$P$B${phpass.slice(1)}`],
    ['one character long', `$P$B${phpass}.`],
    ['bits where there is no digest left', `$P$B${phpass.slice(0, -1)}z`],
    ['another alphabet', `$P$B${phpass.slice(0, -2)}+.`],
    ['a line break behind', `$P$B${phpass}\n`],
    ['Drupal, cut short', `$S$B${drupal.slice(1)}`],
  ])('%s is none', (_, text) => {
    expect(phpassScheme.parse(text)).toBeUndefined();
    expect(drupal7Scheme.parse(text)).toBeUndefined();
  });

  test('Drupal keeps the two bits that fill no byte', () => {
    const text = `$S$D${drupal.slice(0, -1)}z`;

    expect(drupal7Scheme.parse(text)?.text()).toBe(text);
  });
});
