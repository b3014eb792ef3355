import { createHash, createHmac, scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { newFields } from '../../../../src/dumps/engine/fields.ts';
import { setCustomHash } from '../../../../src/dumps/formats/auth0/hash.ts';
import { parseHashFormat, resolveHash } from '../../../../src/hashing/detect/detect.ts';
import { allSchemes } from '../../../../src/hashing/index.ts';

const password = 'Correct-horse-1';
const salt = Buffer.from([1, 2, 0xff, 0x41]);
const digest = (name: string, ...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash(name));
const utf16 = Buffer.from(password, 'utf16le');

test.each([
  ['md5', { algorithm: 'md5', hash: { value: digest('md5', password).digest('hex'), encoding: 'hex' } }],
  [
    'a salt before',
    {
      algorithm: 'sha256',
      hash: { value: digest('sha256', 'pepper', password).digest('base64'), encoding: 'base64' },
      salt: { value: 'pepper', position: 'prefix' },
    },
  ],
  [
    'a salt behind, in hexadecimal',
    {
      algorithm: 'sha512',
      hash: { value: digest('sha512', password, salt).digest('hex') },
      salt: { value: salt.toString('hex'), encoding: 'hex', position: 'suffix' },
    },
  ],
  [
    'UTF-16',
    {
      algorithm: 'sha1',
      hash: { value: digest('sha1', salt, utf16).digest('hex') },
      salt: { value: salt.toString('base64'), encoding: 'base64' },
      password: { encoding: 'utf16le' },
    },
  ],
  [
    'hmac',
    {
      algorithm: 'hmac',
      hash: {
        value: createHmac('sha256', salt).update(password).digest('hex'),
        encoding: 'hex',
        digest: 'sha256',
        key: { value: salt.toString('hex'), encoding: 'hex' },
      },
    },
  ],
  [
    'scrypt',
    {
      algorithm: 'scrypt',
      hash: {
        value: scryptSync(password, salt, 64, { N: 1024, r: 8, p: 1 }).toString('hex'),
        encoding: 'hex',
      },
      salt: { value: salt.toString('base64'), encoding: 'base64' },
      cost: 1024,
      blockSize: 8,
      parallelization: 1,
      keylen: 64,
    },
  ],
  ['ldap', { algorithm: 'ldap', hash: { value: `{SHA}${digest('sha1', password).digest('base64')}` } }],
])('%s is carried over so that the password matches', async (_, custom) => {
  const fields = newFields();
  expect(setCustomHash(fields, custom)).toBe(true);
  const { passwordHash, salt: column, hashFormat } = fields;
  const input = {
    text: String(passwordHash),
    salt: column === undefined ? undefined : String(column),
    format: hashFormat === undefined ? undefined : parseHashFormat(String(hashFormat)),
  };
  const resolution = resolveHash(input, await allSchemes());

  if (resolution.kind !== 'hash') throw new Error(resolution.kind);
  expect(Buffer.from(await resolution.hash.compute(password))).toEqual(Buffer.from(resolution.hash.digest));
  expect(Buffer.from(await resolution.hash.compute('another'))).not.toEqual(
    Buffer.from(resolution.hash.digest),
  );
});

test.each([
  ['no object', 'x'],
  ['no hash', { algorithm: 'md5' }],
  ['no value', { algorithm: 'md5', hash: { value: 7 } }],
  ['an unknown algorithm', { algorithm: 'whirlpool', hash: { value: 'ab' } }],
  [
    'an unknown encoding of the password',
    { algorithm: 'md5', hash: { value: 'ab' }, password: { encoding: 'latin1' } },
  ],
  [
    'an unknown encoding of the salt',
    { algorithm: 'md5', hash: { value: 'ab' }, salt: { value: 'x', encoding: 'x' } },
  ],
  ['an hmac without a key', { algorithm: 'hmac', hash: { value: 'ab', digest: 'sha256' } }],
  ['scrypt without a salt', { algorithm: 'scrypt', hash: { value: 'ab' } }],
  ['an odd cost', { algorithm: 'scrypt', hash: { value: 'ab' }, salt: { value: 'x' }, cost: 1000 }],
])('%s is not supported, and sets nothing', (_, custom) => {
  const fields = newFields();

  expect(setCustomHash(fields, custom)).toBe(false);
  expect(Object.keys(fields)).toEqual([]);
});
