import { createHmac, scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bcryptScheme } from '../../../src/hashing/crypt/bcrypt.ts';
import { cryptSchemes } from '../../../src/hashing/crypt/schemes.ts';
import { parseHashFormat, resolveHash } from '../../../src/hashing/detect/detect.ts';
import { digestSchemes } from '../../../src/hashing/digest/schemes.ts';
import { allSchemes, matches } from '../../../src/hashing/index.ts';
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
const salted = (name: string) => [`${name}:password+salt`, `${name}:salt+password`, `hmac-${name}:salt`];
const saltedMd5 = ['md5:password+salt', 'md5:salt+password', 'md5:md5(password)+salt', 'hmac-md5:salt'];

const bcrypt = '$2b$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm';

describe('what is ambiguous is not guessed', () => {
  test.each([
    ['sha1$salt$hex', `sha1$NaCl$${hex('sha1')}`, undefined, ['django', 'werkzeug']],
    ['md5$salt$hex', `md5$NaCl$${hex('md5')}`, undefined, ['django', 'werkzeug']],
    ['sha256$salt$hex', `sha256$NaCl$${hex('sha256')}`, undefined, ['django', 'werkzeug']],
    ['md5$salt$hex with a salt column', `md5$NaCl$${hex('md5')}`, 'KCl', ['django', 'werkzeug']],
    ['32 digits', hex('md5'), undefined, ['md5', 'nt']],
    ['32 digits in capitals', hex('md5').toUpperCase(), '', ['md5', 'nt']],
    ['40 digits', hex('sha1'), undefined, ['sha1']],
    ['64 digits', hex('sha256'), undefined, ['sha256']],
    ['96 digits', hex('sha384'), undefined, ['sha384']],
    ['128 digits', hex('sha512'), undefined, ['sha512']],
    ['base64 of 16 bytes', base64('md5'), undefined, ['md5']],
    ['base64 of 32 bytes', base64('sha256'), undefined, ['sha256']],
    ['16 digits', '5d2e19393cc5ef67', undefined, ['mysql323']],
    ['32 digits and a salt', hex('md5'), 'NaCl', saltedMd5],
    ['40 digits and a salt', hex('sha1'), 'NaCl', salted('sha1')],
    ['64 digits and a salt', hex('sha256'), 'NaCl', salted('sha256')],
    ['base64 and a salt', base64('sha1'), 'NaCl', salted('sha1')],
    ['32 digits, colon, salt', `${hex('md5')}:NaCl`, undefined, saltedMd5],
    ['64 digits, colon, salt', `${hex('sha256')}:a:b`, undefined, salted('sha256')],
  ])('%s', (_, text, salt, candidates) => {
    expect(resolve(text, undefined, salt)).toEqual({ kind: 'ambiguous', candidates });
  });

  test.each([
    [hex('md5'), undefined],
    [hex('md5'), 'NaCl'],
    [hex('sha512'), 'NaCl'],
    [`${hex('sha1')}:NaCl`, undefined],
    [`sha1$NaCl$${hex('sha1')}`, undefined],
    ['5d2e19393cc5ef67', undefined],
  ])('every answer that is offered for %s (salt %s) can be given', (text, salt) => {
    const resolution = resolve(text, undefined, salt);
    const candidates =
      resolution.kind === 'ambiguous' && 'candidates' in resolution ? resolution.candidates : [];

    expect(candidates.length).toBeGreaterThan(0);
    const answers = candidates.map((candidate) => resolve(text, candidate, salt));
    expect(answers.map((answer) => answer.kind)).toEqual(candidates.map(() => 'hash'));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(candidates.length);
  });
});

describe('--hash-format answers', () => {
  const template = (text: string) => encodeBase64(utf8(text));
  const hmac = createHmac('sha1', 'NaCl').update('password').digest('hex');

  test.each([
    ['md5', hex('md5'), undefined, 'md5', `$md5$${base64('md5')}`],
    ['md5', base64('md5'), '', 'md5', `$md5$${base64('md5')}`],
    ['nt', '8846F7EAEE8FB117AD06BDD830B7586C', undefined, 'nt', '$3$$8846f7eaee8fb117ad06bdd830b7586c'],
    ['mysql323', '5D2E19393CC5EF67', undefined, 'mysql323', '$mysql323$5d2e19393cc5ef67'],
    ['plaintext', 'password', undefined, 'plaintext', '{PLAIN.B64}cGFzc3dvcmQ='],
    ['plaintext', '!Correct-horse-1', undefined, 'plaintext', `{PLAIN.B64}${template('!Correct-horse-1')}`],
    [
      'django',
      `sha1$NaCl$${hex('sha1', 'NaClpassword')}`,
      undefined,
      'sha1-template',
      `$sha1$pf=${template('{SALT}{PASSWORD}')}$TmFDbA==$${base64('sha1', 'NaClpassword')}`,
    ],
    ['django', hex('md5'), undefined, 'md5', `$md5$${base64('md5')}`],
    ['werkzeug', `sha1$NaCl$${hmac}`, undefined, 'hmac-sha1', `$hmac-sha1$${template(hmac)}$TmFDbA==`],
    ['hmac-sha1:salt', hmac, 'NaCl', 'hmac-sha1', `$hmac-sha1$${template(hmac)}$TmFDbA==`],
    ['hmac-sha1:unhex(salt)', hmac, '4e61436C', 'hmac-sha1', `$hmac-sha1$${template(hmac)}$TmFDbA==`],
    ['hmac-sha1:unbase64(salt)', hmac, 'TmFDbA', 'hmac-sha1', `$hmac-sha1$${template(hmac)}$TmFDbA==`],
    [
      'sha256:password+salt',
      hex('sha256', 'password'),
      '',
      'sha256-template',
      `$sha256$pf=${template('{PASSWORD}{SALT}')}$$${base64('sha256')}`,
    ],
    [
      'md5:md5(password)+salt',
      hex('md5'),
      'NaCl',
      'md5-template',
      `$md5$ex=${template('md5(password)+salt')}$TmFDbA==$${base64('md5')}`,
    ],
  ])('%s for %s', (format, text, salt, id, stored) => {
    expect(resolve(text, format, salt)).toEqual({ kind: 'hash', id, text: stored });
  });

  test('a hash that describes itself needs no --hash-format and ignores one', () => {
    for (const format of ['md5', 'nt', 'django', 'werkzeug', 'sha512:salt+password', 'mysql323']) {
      expect(resolve(bcrypt, format, undefined)).toEqual({ kind: 'hash', id: 'bcrypt', text: bcrypt });
    }
  });

  test('a text of another shape stays ambiguous', () => {
    expect(resolve(hex('md5'), 'sha256')).toEqual({ kind: 'ambiguous', candidates: ['md5', 'nt'] });
    expect(resolve(hex('sha256'), 'sha384')).toEqual({ kind: 'ambiguous', candidates: ['sha256'] });
  });

  test.each([
    ['a salt that the format has no place for', hex('md5'), 'md5', 'NaCl', 'no place for the salt'],
    ['a salt beside an NT hash', hex('md5'), 'nt', 'NaCl', 'no place for the salt'],
    ['a salt beside plaintext', 'password', 'plaintext', 'NaCl', 'has no salt'],
    ['no salt', hex('md5'), 'md5:password+salt', undefined, 'needs a salt'],
    ['no key', hex('md5'), 'hmac-md5:salt', undefined, 'needs a salt'],
    ['a salt that is not hex', hex('md5'), 'md5:password+unhex(salt)', 'xyz', 'not valid hex'],
    ['a salt that is not base64', hex('md5'), 'md5:password+unbase64(salt)', 'a', 'not valid base64'],
    ['a hash for a password', bcrypt, 'plaintext', undefined, 'looks like a hash'],
  ])('%s is refused', (_, text, format, salt, message) => {
    expect(resolve(text, format, salt)).toEqual({
      kind: 'refused',
      message: expect.stringContaining(message),
    });
  });
});

describe('salt:digest in hexadecimal', async () => {
  const every = await allSchemes();
  // Node's scryptSync('password', '73616c7473616c7473616c7473616c74', 64) with its default costs.
  const salt = '73616c7473616c7473616c7473616c74';
  const node = `${salt}:${scryptSync('password', salt, 64).toString('hex')}`;
  const resolveIn = (text: string, format?: string) =>
    resolveHash({ text, format: format === undefined ? undefined : parseHashFormat(format) }, every);

  test('is not guessed, whatever other format was said', () => {
    for (const format of [undefined, 'sha256:salt+password', 'sha512', 'django', 'nt']) {
      expect(resolveIn(node, format)).toEqual({
        kind: 'ambiguous',
        candidates: ['better-auth', 'node-scrypt'],
      });
    }
  });

  test('is verified as the format says', async () => {
    const asNode = resolveIn(node, 'node-scrypt');
    const asBetterAuth = resolveIn(node, 'better-auth');
    if (asNode.kind !== 'hash' || asBetterAuth.kind !== 'hash') throw new Error('not taken');
    expect(await matches(asNode.hash, 'password')).toBe(true);
    expect(await matches(asBetterAuth.hash, 'password')).toBe(false);
    expect(asBetterAuth.scheme.id).toBe('better-auth-scrypt');
  });
});

test('text behind a hash and its salt does not become part of the salt', () => {
  expect(resolve(`${hex('sha256')}:NaCl:1`, 'sha256:salt+password')).toEqual({
    kind: 'refused',
    message: expect.stringContaining('a column of its own'),
  });
  expect(resolve(hex('sha256'), 'sha256:salt+password', 'NaCl:1')).toMatchObject({ kind: 'hash' });
});
