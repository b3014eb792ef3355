import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BadHashFormat,
  hashFormatNames,
  parseGivenHashFormat,
  parseHashFormat,
} from '../../../src/hashing/detect/hash-format.ts';

const password = { kind: 'password', encoding: 'utf8' };
const salt = { kind: 'salt' };
const literal = (text: string) => ({ kind: 'literal', bytes: new TextEncoder().encode(text) });

describe('parseHashFormat', () => {
  test.each(['django', 'werkzeug', 'better-auth', 'node-scrypt', 'nt', 'mysql323', 'plaintext'])(
    '%s is a name',
    (name) => {
      expect(parseHashFormat(name)).toEqual({ kind: name });
    },
  );

  test.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('%s is the bare digest', (digest) => {
    expect(parseHashFormat(digest)).toEqual({
      kind: 'digest',
      digest,
      input: [password],
      saltEncoding: 'text',
    });
  });

  test.each([
    ['sha256:password+salt', 'sha256', [password, salt], 'text'],
    ['md5:salt+password+salt', 'md5', [salt, password, salt], 'text'],
    ['sha1:unhex(salt)+password', 'sha1', [salt, password], 'hex'],
    ['sha1:unbase64(salt)+utf16le(password)', 'sha1', [salt, { ...password, encoding: 'utf16le' }], 'base64'],
    ["sha512:password+'{'+salt+'}'", 'sha512', [password, literal('{'), salt, literal('}')], 'text'],
    [`md5:"it's +"+password`, 'md5', [literal("it's +"), password], 'text'],
    ['md5:md5(password)+salt', 'md5', [{ kind: 'digest', digest: 'md5', parts: [password] }, salt], 'text'],
  ])('%s', (text, digest, input, saltEncoding) => {
    expect(parseHashFormat(text)).toEqual({ kind: 'digest', digest, input, saltEncoding });
  });

  test.each([
    ['hmac-sha256:salt', 'sha256', 'text'],
    ['hmac-md5:unhex(salt)', 'md5', 'hex'],
    ['hmac-sha512:unbase64(salt)', 'sha512', 'base64'],
  ])('%s', (text, digest, saltEncoding) => {
    expect(parseHashFormat(text)).toEqual({ kind: 'hmac', digest, saltEncoding });
  });

  test.each([
    ['', 'unknown hash format'],
    ['SHA256', 'unknown hash format'],
    ['bcrypt', 'unknown hash format'],
    ['constructor:password', 'unknown hash format'],
    ['hmac-sha256', 'unknown hash format'],
    ['lm', 'unknown hash format'],
    ['md5:salt', 'every password would match'],
    ["md5:md5(salt)+'x'", 'every password would match'],
    ['hmac-sha256:password', 'an HMAC is keyed with'],
    ['hmac-sha256:salt+salt', 'an HMAC is keyed with'],
    ['md5:', 'expected password'],
    ['md5:password+', 'at character 10'],
    ['md5:password salt', 'expected + or the end at character 9'],
    ['md5:md5(password', 'expected ) at character 13'],
    ['md5:"password', 'does not end'],
    ['md5:hex(salt)+password', 'expected password'],
    ['md5:unhex(password)', 'expected password'],
    ['md5:salt+unhex(salt)+password', 'names two'],
    [`md5:${'md5('.repeat(9)}password${')'.repeat(9)}`, 'nested too deeply'],
    [`md5:password+${'salt+'.repeat(60)}salt`, 'too long'],
  ])('%j is refused', (text, message) => {
    const parse = () => parseHashFormat(text);

    expect(parse).toThrow(BadHashFormat);
    expect(parse).toThrow(message);
  });

  test('an error quotes nothing of the format, in which there may be a secret', () => {
    expect(() => parseHashFormat("sha256:'hunter2'+password+")).toThrow(/^(?!.*hunter2)/);
    expect(() => parseHashFormat("sha257:'hunter2'+password")).toThrow(/^(?!.*hunter2)/);
  });

  test('every offered name is accepted', () => {
    for (const name of hashFormatNames) expect(parseHashFormat(name)).toBeDefined();
  });

  test('nothing but its own error is thrown', () => {
    const pieces = fc.constantFrom('md5', 'hmac-', ':', '(', ')', '+', 'password', 'salt', "'", 'unhex', 'x');
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
    );

    fc.assert(
      fc.property(text, (format) => {
        try {
          expect(['digest', 'hmac']).toContain(parseHashFormat(format).kind);
        } catch (error) {
          expect(error).toBeInstanceOf(BadHashFormat);
        }
      }),
    );
  });
});

describe('parseGivenHashFormat', () => {
  test.each([
    'sha1',
    'hmac-sha256:salt',
    'sha256:password+salt',
    "sha512:password+'{'+salt+'}'",
    'md5:salt+"::"+password',
    "md5:md5(password+'-')+salt",
  ])('%s holds no secret', (text) => {
    expect(parseGivenHashFormat(text)).toEqual(parseHashFormat(text));
  });

  test.each([
    "sha1:'hunter2'+password",
    "sha1:'x'+password",
    'sha1:password+"7"',
    "sha1:password+'!?#$'",
    "sha1:password+'ü'",
    "md5:md5('hunter2'+password)+salt",
    "md5:sha1(md5(password+'hunter2'))",
  ])('%s may hold a secret, and is refused without being repeated', (text) => {
    expect(() => parseGivenHashFormat(text)).toThrow(/^fixed text in a hash format (?!.*hunter2).*pepper/);
  });
});
