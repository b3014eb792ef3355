import { createHash } from 'node:crypto';
import { bcryptScheme } from '../crypt/crypt.ts';
import { decodeBase64, encodeBase64, utf8 } from '../primitives/encoding.ts';
import { pbkdf2Hash, prfBytes } from '../primitives/pbkdf2.ts';
import { scryptHash } from '../primitives/scrypt.ts';
import { type HashScheme, readBy } from '../scheme.ts';
import { argon2Scheme } from './argon2.ts';
import { parsePrefixed } from './prefixed.ts';

// All of these are defined by django/contrib/auth/hashers.py.

const pbkdf2Form = /^pbkdf2_(sha1|sha256)\$([1-9]\d{0,14})\$([^$]+)\$([A-Za-z0-9+/]+={0,2})$/;
const scryptForm =
  /^scrypt\$([1-9]\d{0,14})\$([^$]+)\$([1-9]\d{0,9})\$([1-9]\d{0,9})\$([A-Za-z0-9+/]+={0,2})$/;
const scryptDigestBytes = 64;

function pbkdf2Scheme(prf: 'sha1' | 'sha256'): HashScheme {
  return {
    id: `django-pbkdf2-${prf}`,
    title: `pbkdf2_${prf}$ (Django)`,
    parse(text) {
      const match = pbkdf2Form.exec(text);
      if (!match || match[1] !== prf) return undefined;
      const [, , rounds = '', salt = '', digestText = ''] = match;
      const digest = decodeBase64(digestText);
      if (digest?.length !== prfBytes[prf]) return undefined;
      const input = { prf, iterations: Number(rounds), salt: utf8(salt) };
      const setting = `pbkdf2_${prf}$${rounds}$${salt}$`;
      return readBy(
        pbkdf2Hash(input, digest, (other) => setting + encodeBase64(other)),
        'django',
      );
    },
  };
}

/** Django's scrypt, whose salt is the characters themselves. */
const djangoScryptScheme: HashScheme = {
  id: 'django-scrypt',
  title: 'scrypt$N$salt$r$p$ (Django)',
  parse(text) {
    const match = scryptForm.exec(text);
    if (!match) return undefined;
    const [, cost = '', salt = '', blockSize = '', parallelism = '', digestText = ''] = match;
    const digest = decodeBase64(digestText);
    if (digest?.length !== scryptDigestBytes) return undefined;
    const input = {
      cost: Number(cost),
      blockSize: Number(blockSize),
      parallelism: Number(parallelism),
      salt: utf8(salt),
    };
    const setting = `scrypt$${cost}$${salt}$${blockSize}$${parallelism}$`;
    return readBy(
      scryptHash(input, digest, (other) => setting + encodeBase64(other)),
      'django',
    );
  },
};

const hexSha256 = (password: string) => createHash('sha256').update(password, 'utf8').digest('hex');

/** Django's hashers of its own format, those over plain digests apart. */
export const djangoKdfSchemes: readonly HashScheme[] = [
  pbkdf2Scheme('sha256'),
  pbkdf2Scheme('sha1'),
  djangoScryptScheme,
  {
    id: 'django-argon2',
    title: 'argon2$argon2…$ (Django)',
    parse: (text) => parsePrefixed(text, 'argon2', argon2Scheme),
  },
  {
    id: 'django-bcrypt',
    title: 'bcrypt$$2b$ (Django)',
    parse: (text) => parsePrefixed(text, 'bcrypt$', bcryptScheme),
  },
  {
    id: 'django-bcrypt-sha256',
    title: 'bcrypt_sha256$$2b$ (Django)',
    parse(text) {
      const hash = parsePrefixed(text, 'bcrypt_sha256$', bcryptScheme, hexSha256);
      return hash && readBy(hash, 'django');
    },
  },
];
