import { expect, test } from 'vitest';
import { kdfSchemes } from '../../../src/hashing/kdf/schemes.ts';
import vectors from '../../fixtures/hashes-kdf.json' with { type: 'json' };

/** The text of a format's vector with one part replaced. */
function changed(format: string, from: string, to: string): string {
  const text = vectors.find((vector) => vector.format === format)?.hash ?? '';
  if (!text.includes(from)) throw new Error(`nothing to replace in the vector ${format}`);
  return text.replace(from, to);
}

function problemOf(text: string) {
  return kdfSchemes.map(({ parse }) => parse(text)).find((hash) => hash !== undefined)?.problem;
}

const aspnet = (iterations: number) => {
  const bytes = Buffer.alloc(13 + 16 + 32, 7);
  for (const [offset, value] of [
    [0, 0x01000000],
    [1, 1],
    [5, iterations],
    [9, 16],
  ] as const) {
    bytes.writeUInt32BE(value, offset);
  }
  return bytes.toString('base64');
};

const zeros = (bytes: number) => Buffer.alloc(bytes).toString('base64').replaceAll('=', '');

const overCost: [name: string, text: string, message: string][] = [
  [
    'PBKDF2 in passlib form',
    changed('passlib pbkdf2_sha256', '$29000$', '$10000001$'),
    'PBKDF2 iterations 10000001 is above the bound of 4000000',
  ],
  [
    'PBKDF2 in PHC form',
    changed('PHC pbkdf2-sha512', 'i=1000,', 'i=999999999999999,'),
    'PBKDF2 iterations 999999999999999 is above the bound of 4000000',
  ],
  [
    'PBKDF2 over many blocks',
    `$pbkdf2$3000000$${zeros(16)}$${zeros(64)}`,
    'PBKDF2 iterations over all blocks 12000000 is above the bound of 8000000',
  ],
  [
    'a long salt',
    `$pbkdf2$1$${zeros(1025)}$${zeros(20)}`,
    'salt length in bytes 1025 is above the bound of 1024',
  ],
  [
    'a long digest',
    `$pbkdf2$1$${zeros(16)}$${zeros(1025)}`,
    'digest length in bytes 1025 is above the bound of 1024',
  ],
  [
    'GRUB',
    changed('passlib grub_pbkdf2_sha512', '.25000.', '.90000000.'),
    'PBKDF2 iterations 90000000 is above the bound of 4000000',
  ],
  [
    'Cryptacular',
    changed('passlib cta_pbkdf2_sha1', '$1ffb8$', '$ffffffff$'),
    'PBKDF2 iterations 4294967295 is above the bound of 4000000',
  ],
  [
    'SCRAM',
    changed('passlib scram', '$100000$', '$100000000$'),
    'PBKDF2 iterations 100000000 is above the bound of 4000000',
  ],
  [
    'FSHP',
    changed('passlib fshp', '480000', '480000000'),
    'FSHP rounds 480000000 is above the bound of 1500000',
  ],
  [
    'Django',
    changed('django pbkdf2_sha256', '$1000000$', '$1000000000$'),
    'PBKDF2 iterations 1000000000 is above the bound of 4000000',
  ],
  [
    'Werkzeug',
    changed('werkzeug pbkdf2:sha1:1000', ':1000$', ':1000000000$'),
    'PBKDF2 iterations 1000000000 is above the bound of 4000000',
  ],
  ['ASP.NET', aspnet(0x7fffffff), 'PBKDF2 iterations 2147483647 is above the bound of 4000000'],
  [
    'Keycloak',
    changed('Keycloak pbkdf2-sha512', '210000', '2100000000'),
    'PBKDF2 iterations 2100000000 is above the bound of 4000000',
  ],
  [
    'Keycloak with Argon2',
    changed('Keycloak argon2', '7168', '4294967295'),
    'Argon2 memory (KiB) 4294967295 is above the bound of 1048576',
  ],
  [
    'scrypt, N',
    changed('passlib scrypt', 'ln=16', 'ln=21'),
    'scrypt N 2097152 is above the bound of 1048576',
  ],
  [
    'scrypt, memory',
    changed('passlib scrypt', 'ln=16,r=8', 'ln=20,r=16'),
    'scrypt memory (128 N r) in bytes 2147483648 is above the bound of 1073741824',
  ],
  [
    'scrypt, lanes',
    changed('passlib scrypt', 'ln=16,r=8,p=1', 'ln=1,r=8,p=1000000'),
    'scrypt lanes (128 r p) in bytes 1024000000 is above the bound of 67108864',
  ],
  [
    'scrypt, work',
    changed('passlib scrypt', 'p=1', 'p=64'),
    'scrypt work (N r p) 33554432 is above the bound of 4194304',
  ],
  [
    'Django scrypt',
    changed('django scrypt', '16384', '1073741824'),
    'scrypt N 1073741824 is above the bound of 1048576',
  ],
  [
    'Werkzeug scrypt',
    changed('werkzeug scrypt:32768:8:1', '32768', '4194304'),
    'scrypt N 4194304 is above the bound of 1048576',
  ],
  [
    'Firebase',
    changed('GoTrue, its own test', 'n=14', 'n=30'),
    'scrypt N 1073741824 is above the bound of 1048576',
  ],
  [
    'Spring scrypt',
    changed('Spring {scrypt}', 'e0801', '1e0801'),
    'scrypt N 1073741824 is above the bound of 1048576',
  ],
  ['Spring bcrypt', changed('Spring {bcrypt}', '$10$', '$31$'), 'bcrypt cost 31 is above the bound of 15'],
  ['Django bcrypt', changed('django bcrypt', '$12$', '$16$'), 'bcrypt cost 16 is above the bound of 15'],
  ['WordPress', changed('WordPress 6.8', '$10$', '$16$'), 'bcrypt cost 16 is above the bound of 15'],
  [
    'Django Argon2',
    changed('django argon2', 't=2', 't=1025'),
    'Argon2 passes 1025 is above the bound of 1024',
  ],
  [
    'Argon2 over all passes',
    changed('django argon2', 'm=102400,t=2', 'm=102400,t=21'),
    'Argon2 memory over all passes (KiB) 2150400 is above the bound of 2097152',
  ],
  [
    'Spring Argon2',
    changed('Spring {argon2}', 'm=4096', 'm=2097152'),
    'Argon2 memory (KiB) 2097152 is above the bound of 1048576',
  ],
  [
    'a long Spring salt',
    `{MD5}{${'s'.repeat(1023)}}${'0'.repeat(32)}`,
    'salt length in characters 1025 is above the bound of 1024',
  ],
];

test.each(overCost)('%s: a cost above its bound is named', (_name, text, message) => {
  expect(problemOf(text)).toEqual({ code: 'over-cost', message });
});

const unsupported: [name: string, text: string, message: RegExp][] = [
  ['N that is no power of two', changed('django scrypt', '16384', '16383'), /out of the range of RFC 7914/],
  ['N too high for r = 1', '$scrypt$ln=16,r=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAA', /out of the range of RFC 7914/],
  ['no lanes', changed('GoTrue, its own test', 'p=1', 'p=0'), /out of the range of RFC 7914/],
  ['bcrypt without cost', changed('Spring {bcrypt}', '$10$', '$03$'), /bcrypt has no cost 3/],
  ['Werkzeug without rounds', changed('werkzeug pbkdf2:sha1:1000', ':1000$', '$'), /the rounds are missing/],
];

test.each(unsupported)('%s: a hash that no engine can run is named', (_name, text, message) => {
  expect(problemOf(text)).toEqual({ code: 'unsupported', message: expect.stringMatching(message) });
});

const strengths: [name: string, text: string, strength: string][] = [
  ['PBKDF2-SHA1', `$pbkdf2$1300000$AAAA$${zeros(20)}`, 'good'],
  ['PBKDF2-SHA1', `$pbkdf2$1299999$AAAA$${zeros(20)}`, 'weak'],
  ['PBKDF2-SHA256', `$pbkdf2-sha256$600000$AAAA$${zeros(32)}`, 'good'],
  ['PBKDF2-SHA256', `$pbkdf2-sha256$599999$AAAA$${zeros(32)}`, 'weak'],
  ['PBKDF2-SHA512', `$pbkdf2-sha512$210000$AAAA$${zeros(64)}`, 'good'],
  ['PBKDF2-SHA512', `$pbkdf2-sha512$209999$AAAA$${zeros(64)}`, 'weak'],
  ['PBKDF2 of one iteration', `$pbkdf2-sha512$1$AAAA$${zeros(64)}`, 'fast'],
  ['PBKDF2 of ten iterations', `$pbkdf2-sha256$10$AAAA$${zeros(32)}`, 'fast'],
  ['PBKDF2 of a hundred iterations', `$pbkdf2-sha256$100$AAAA$${zeros(32)}`, 'weak'],
  ['PBKDF2 without a salt', `$pbkdf2-sha256$600000$$${zeros(32)}`, 'fast'],
  ['scrypt with N = 2', `$scrypt$ln=1,r=8,p=1$AAAA$${zeros(32)}`, 'fast'],
  ['scrypt with N = 128', `$scrypt$ln=7,r=8,p=1$AAAA$${zeros(32)}`, 'weak'],
  ['scrypt without a salt', `$scrypt$ln=17,r=8,p=1$$${zeros(32)}`, 'fast'],
  ['FSHP without a salt', `{FSHP0|0|480000}${'A'.repeat(27)}=`, 'fast'],
  ['FSHP of one round', `{FSHP0|4|1}${'A'.repeat(32)}`, 'fast'],
  ['FSHP of 4096 rounds', `{FSHP0|4|4096}${'A'.repeat(32)}`, 'weak'],
  ['scrypt', `$scrypt$ln=17,r=8,p=1$AAAA$${zeros(32)}`, 'good'],
  ['scrypt', `$scrypt$ln=16,r=8,p=1$AAAA$${zeros(32)}`, 'weak'],
  ['scrypt', `$scrypt$ln=16,r=8,p=2$AAAA$${zeros(32)}`, 'good'],
  ['scrypt', `$scrypt$ln=14,r=8,p=5$AAAA$${zeros(32)}`, 'good'],
  ['scrypt', `$scrypt$ln=14,r=8,p=4$AAAA$${zeros(32)}`, 'weak'],
  ['Spring {noop}', '{noop}secret', 'none'],
  ['Spring {MD5}', `{MD5}${'0'.repeat(32)}`, 'fast'],
  ['Spring {sha256}', `{sha256}${'0'.repeat(80)}`, 'weak'],
];

test.each(strengths)('%s %s is %s', (_name, text, strength) => {
  const hash = kdfSchemes.map(({ parse }) => parse(text)).find((found) => found !== undefined);

  expect(hash?.strength).toBe(strength);
});
