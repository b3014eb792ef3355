import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bcryptScheme } from '../../../src/hashing/crypt/bcrypt.ts';
import { cryptSchemes } from '../../../src/hashing/crypt/schemes.ts';
import { parseHashFormat, resolveHash } from '../../../src/hashing/detect/detect.ts';
import { digestSchemes } from '../../../src/hashing/digest/schemes.ts';
import { argon2Schemes } from '../../../src/hashing/kdf/argon2.ts';
import { digestOf } from '../../../src/hashing/primitives/digests.ts';
import { encodeBase64, encodeHex, utf8 } from '../../../src/hashing/primitives/encoding.ts';

const schemes = [bcryptScheme, ...argon2Schemes, ...cryptSchemes, ...digestSchemes];

function resolve(text: string, format?: string, salt?: string) {
  const resolution = resolveHash(
    { text, salt, format: format === undefined ? undefined : parseHashFormat(format) },
    schemes,
  );
  return resolution.kind === 'hash'
    ? { kind: 'hash', id: resolution.scheme.id, text: resolution.hash.text() }
    : resolution;
}

const hex = (name: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512', text = 'password') =>
  encodeHex(digestOf(name, utf8(text)));
const base64 = (name: 'md5' | 'sha1' | 'sha256', text = 'password') =>
  encodeBase64(digestOf(name, utf8(text)));

const bcrypt = '$2b$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm';
const argon2 =
  '$argon2id$v=19$m=65536,t=3,p=4$IGQMofR+z9nbm5Pyfq81xg$Kewl0g/VGNOi3vBMALKKad39wxM1TvTmqefdfm1m2Ys';
const sha512Crypt =
  '$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/';

describe('what describes itself', () => {
  test.each([
    ['beside a salt column', bcrypt, 'NaCl', 'bcrypt', bcrypt],
    ['in {CRYPT}', `{CRYPT}${sha512Crypt}`, undefined, 'sha512-crypt', sha512Crypt],
    ['in {crypt}', `{crypt}${bcrypt}`, undefined, 'bcrypt', bcrypt],
    ['DES in {CRYPT}', '{CRYPT}WdS5AWsAqoL/E', undefined, 'des-crypt', 'WdS5AWsAqoL/E'],
    ['DES by itself', 'WdS5AWsAqoL/E', undefined, 'des-crypt', 'WdS5AWsAqoL/E'],
    ['in {SHA512-CRYPT}', `{SHA512-CRYPT}${sha512Crypt}`, undefined, 'sha512-crypt', sha512Crypt],
    ['in {BLF-CRYPT}', `{BLF-CRYPT}${bcrypt}`, undefined, 'bcrypt', bcrypt],
    ['in $sha512-crypt$', `$sha512-crypt${sha512Crypt.slice(2)}`, undefined, 'sha512-crypt', sha512Crypt],
    ['in {ARGON2}', `{ARGON2}${argon2}`, undefined, argon2Schemes[0]?.id, argon2],
    [
      'in {NTLM}',
      `{NTLM}${'8846F7EAEE8FB117AD06BDD830B7586C'}`,
      undefined,
      'nt',
      `$3$$8846f7eaee8fb117ad06bdd830b7586c`,
    ],
    ['md5$$hex', `md5$$${hex('md5')}`, undefined, 'md5', `$md5$${base64('md5')}`],
    ['sha1$$hex', `sha1$$${hex('sha1').toUpperCase()}`, undefined, 'sha1', `$sha1$${base64('sha1')}`],
    ['plain$$', 'plain$$pa$$word', undefined, 'plaintext', '{PLAIN.B64}cGEkJHdvcmQ='],
    [
      'crypt(3) $sha1$',
      '$sha1$1000$saltsalt$cUXhu9mXyyvmxuPGkHN4CdqQqyfS',
      undefined,
      'sha1-crypt',
      '$sha1$1000$saltsalt$cUXhu9mXyyvmxuPGkHN4CdqQqyfS',
    ],
    [
      'Sun $md5$',
      '$md5$rounds=34000$5vAKkG5g$$Rx88IVa03v2ZeYLBoKcQb1',
      undefined,
      'sun-md5-crypt',
      '$md5$rounds=34000$5vAKkG5g$$Rx88IVa03v2ZeYLBoKcQb1',
    ],
  ])('%s', (_, text, salt, id, stored) => {
    expect(resolve(text, undefined, salt)).toEqual({ kind: 'hash', id, text: stored });
  });

  test.each([
    ['over its bound', '$P$Rsaltsalt......................', 'over-cost'],
    ['LM', '{LANMAN}e52cac67419a9a224a3b108f3fa6cb6d', 'unsupported'],
    ['bcrypt over its bound', bcrypt.replace('$10$', '$31$'), 'over-cost'],
  ])('%s is a problem', (_, text, code) => {
    expect(resolve(text)).toMatchObject({ kind: 'problem', problem: { code } });
  });

  test('$2x$ is refused with its reason', () => {
    expect(resolve(bcrypt.replace('$2b$', '$2x$'))).toEqual({
      kind: 'refused',
      message: expect.stringContaining('different passwords match'),
    });
  });
});

describe('markers', () => {
  test.each([
    ...[
      '',
      '!',
      '!!',
      '*',
      '!*',
      '**',
      '*LK*',
      '*NP*',
      'NP',
      'LK',
      '*0',
      '*1',
      '*LOCKED*',
      `!${sha512Crypt}`,
    ],
    ...['!SFNVfICoLCuCazGAexSJihg1K2Vx6jxSW3l8LETW', `*LK*${sha512Crypt}`, `*LOCKED*${bcrypt}`],
    ...['{CRYPT}*', '{crypt}!!', '{CRYPT}x', '{CRYPT}', `{CRYPT}!${sha512Crypt}`],
  ])('%j is unusable', (text) => {
    expect(resolve(text)).toEqual({ kind: 'unusable' });
  });

  test.each([
    'x',
    'password',
    '*2470C0',
    '$6$',
    '{SHA}',
    '{CRYPT}xx',
    'NPx',
    '$2b$10$abc',
    'sha1$salt$abc',
    '!sha512!abcdef',
    '!md5$salt$0123',
    '!secret-Word',
  ])('%j is unknown', (text) => {
    expect(resolve(text)).toEqual({ kind: 'unknown' });
  });
});

describe('hostile text', () => {
  const formats = [
    undefined,
    'django',
    'werkzeug',
    'md5:md5(password)+salt',
    'hmac-sha256:unhex(salt)',
    'plaintext',
  ];

  test('is resolved without an error, and a refusal quotes nothing of it', () => {
    const secret = 'hunter2hunter2';
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .constantFrom('{SSHA}', '$md5$pf=', '$P$', 'sha1$', '0x0100', 'S:', `${hex('md5')}:`)
        .map((start) => start + secret),
    );
    const format = fc.constantFrom(...formats);

    fc.assert(
      fc.property(text, format, fc.option(fc.string(), { nil: undefined }), (hash, name, salt) => {
        expect(JSON.stringify(resolve(hash, name, salt))).not.toContain(secret);
      }),
      { numRuns: 2000 },
    );
  });

  test('of 100,000 characters takes no more than linear time', () => {
    const length = 100_000;
    const repeated = [
      '!',
      '*',
      '$',
      '{',
      'a',
      '0',
      ':',
      '=',
      '$md5$',
      '{SSHA}',
      '$sha1$1',
      'S:0;T:',
      'md5$',
      '/+',
      '\0',
      '$2x$',
    ];
    const starts = [
      '',
      '{SSHA512}',
      '{CRYPT}',
      '$hmac-md5$',
      '$sha256$pf=',
      '0x0200',
      'S:',
      '*LK*',
      'sha1$',
      '$P$',
      'U$S$',
    ];

    for (const start of starts) {
      for (const piece of repeated) {
        for (const format of formats) {
          const text = start + piece.repeat(length / piece.length);
          expect(['unusable', 'unknown', 'refused', 'ambiguous', 'hash']).toContain(
            resolve(text, format).kind,
          );
        }
      }
    }
  });

  test('100,000 rows of random characters', () => {
    const kinds = new Set<string>();
    for (let row = 0; row < 100_000; row += 1) {
      kinds.add(resolve(randomBytes(20).toString('latin1')).kind);
    }

    expect(kinds).toContain('unknown');
    expect(kinds).not.toContain('hash');
  });
});
