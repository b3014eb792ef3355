import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseHashFormat, resolveHash } from '../../../src/hashing/detect/detect.ts';
import { digestSchemes } from '../../../src/hashing/digest/schemes.ts';
import { encodeHex } from '../../../src/hashing/primitives/encoding.ts';

const python = '/usr/bin/python3';
const slappasswd = '/usr/sbin/slappasswd';

const has = (module: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0;

const passwords = [
  'Correct-horse-1',
  'pässwörd ☃ 𝔘𝔫𝔦',
  'e\u0301te\u0301',
  'tab\there, \'quotes\' "and" $ignals {SALT}{PASSWORD}',
  'ÿ'.repeat(90),
  randomBytes(9).toString('base64'),
  String.fromCodePoint(...Array.from(randomBytes(12), (byte) => 0x370 + byte)),
];

/** Runs a Python function `make(password)` that gives one object of texts for each password. */
function fromPython(program: string): Record<string, string>[] {
  const script = `import sys, json\n${program}\nprint(json.dumps([make(p) for p in json.load(sys.stdin)]))`;
  const run = spawnSync(python, ['-W', 'ignore', '-c', script], {
    input: JSON.stringify(passwords),
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

async function verify(input: { text: string; format?: string; salt?: string }, id: string, password: string) {
  const format = input.format === undefined ? undefined : parseHashFormat(input.format);
  const resolution = resolveHash({ ...input, format }, digestSchemes);
  if (resolution.kind !== 'hash') throw new Error(`${id}: ${resolution.kind}`);
  const { scheme, hash } = resolution;
  expect(scheme.id).toBe(id);
  // Verified from what is stored, as a login does.
  const stored = scheme.parse(hash.text());
  expect(encodeHex((await stored?.compute(password)) ?? new Uint8Array(0))).toBe(encodeHex(hash.digest));
  expect(encodeHex(await hash.compute(`${password}x`))).not.toBe(encodeHex(hash.digest));
}

describe('passlib', () => {
  const made = `
from passlib import hash as h
def make(p):
  return {
    'phpass': h.phpass.using(rounds=7).hash(p), 'phpass ': h.phpass.using(rounds=9, ident='H').hash(p),
    'ldap-md5': h.ldap_md5.hash(p), 'ldap-smd5': h.ldap_salted_md5.using(salt_size=7).hash(p),
    'ldap-sha': h.ldap_sha1.hash(p), 'ldap-ssha': h.ldap_salted_sha1.using(salt_size=16).hash(p),
    'ldap-ssha256': h.ldap_salted_sha256.hash(p), 'ldap-ssha512': h.ldap_salted_sha512.hash(p),
    'mysql41': h.mysql41.hash(p), 'mysql323': h.mysql323.hash(p), 'oracle11': h.oracle11.hash(p),
    'mssql2005': h.mssql2005.hash(p), 'mssql2005 ': h.mssql2000.hash(p),
    'plaintext': h.roundup_plaintext.hash(p), 'sha512': h.hex_sha512.hash(p), 'md5': h.hex_md5.hash(p).upper(),
  }`;

  test.skipIf(!has('passlib'))('hashes verify', async () => {
    const formats: Record<string, string> = { mysql323: 'mysql323', sha512: 'sha512', md5: 'md5' };
    for (const [index, hashes] of fromPython(made).entries()) {
      for (const [key, text] of Object.entries(hashes)) {
        const id = key.trim();
        const format = formats[id];
        await verify({ text, ...(format && { format }) }, id, passwords[index] ?? '');
      }
    }
  });
});

describe('formats that passlib does not have', () => {
  // MD5 of the password in hexadecimal, then what Drupal 7's includes/password.inc does.
  const made = `
import os
from hashlib import md5, sha512
from passlib.utils.binary import h64
def stretch(digest, length, key):
  salt = 'sAlt./09'
  value = salt.encode()
  for _ in range(2 ** 8 + 1): value = digest(value + key).digest()
  return '6' + salt + h64.encode_bytes(value).decode()[:length]
def make(p):
  salt = os.urandom(4)
  old = md5(p.encode()).hexdigest().encode()
  return {
    'mssql2012': '0x0200' + (salt + sha512(p.encode('utf-16-le') + salt).digest()).hex().upper(),
    'drupal7': '$S$' + stretch(sha512, 43, p.encode()), 'drupal7-md5': 'U$S$' + stretch(sha512, 43, old),
    'phpass-md5': 'U$P$' + stretch(md5, 22, old), 'phpass-md5 ': 'U$H$' + stretch(md5, 22, old),
  }`;

  test.skipIf(!has('passlib'))('hashes verify', async () => {
    for (const [index, hashes] of fromPython(made).entries()) {
      for (const [key, text] of Object.entries(hashes))
        await verify({ text }, key.trim(), passwords[index] ?? '');
    }
  });
});

describe('Django', () => {
  const made = `
import django
from django.conf import settings
base = 'django.contrib.auth.hashers.'
names = ['MD5PasswordHasher', 'SHA1PasswordHasher', 'UnsaltedMD5PasswordHasher', 'UnsaltedSHA1PasswordHasher']
settings.configure(PASSWORD_HASHERS=[base + n for n in names])
from django.contrib.auth.hashers import make_password
def make(p):
  return {'md5-template': make_password(p, hasher='md5'), 'sha1-template': make_password(p, hasher='sha1'),
    'md5': make_password(p, hasher='unsalted_md5'), 'sha1': make_password(p, hasher='unsalted_sha1'),
    'unusable': make_password(None)}`;

  test.skipIf(!has('django.contrib.auth.hashers'))('hashes verify', async () => {
    for (const [index, { unusable = '', ...hashes }] of fromPython(made).entries()) {
      for (const [id, text] of Object.entries(hashes)) {
        await verify({ text, format: 'django' }, id, passwords[index] ?? '');
      }
      expect(resolveHash({ text: unusable }, digestSchemes)).toEqual({ kind: 'unusable' });
    }
  });
});

describe('Werkzeug', () => {
  const made = `
from werkzeug.security import generate_password_hash as g
def make(p):
  return {'hmac-md5': g(p, 'md5', 8), 'hmac-sha1': g(p, 'sha1', 3), 'hmac-sha256': g(p, 'sha256', 16),
    'hmac-sha512': g(p, 'sha512', 16), 'plaintext': g(p, 'plain')}`;
  const isOld = spawnSync(python, ['-c', `${made}\nmake('x')`]).status === 0;

  test.skipIf(!isOld)('hashes of 2.2 and earlier verify', async () => {
    for (const [index, hashes] of fromPython(made).entries()) {
      for (const [id, text] of Object.entries(hashes)) {
        await verify({ text, format: 'werkzeug' }, id, passwords[index] ?? '');
      }
    }
  });
});

describe('Python', () => {
  const made = (salt: string) => `
from hashlib import md5, sha1, sha224, sha256, sha384, sha512
import hmac, base64
hx = lambda f, b: f(b).hexdigest()
b64 = lambda f, b: base64.b64encode(f(b).digest()).decode()
def make(p):
  b, s = p.encode(), '${salt}'.encode()
  u = p.encode('utf-16-le')
  return {
    'sha256:password+salt': hx(sha256, b + s),
    'sha384:salt+password': b64(sha384, s + b),
    'sha224:password+salt': b64(sha224, b + s).rstrip('='),
    'md5:salt+password+salt': hx(md5, s + b + s).upper(),
    'md5:md5(password)+salt': hx(md5, hx(md5, b).encode() + s),
    'md5:md5(salt)+md5(password)': hx(md5, (hx(md5, s) + hx(md5, b)).encode()),
    'sha1:sha1(md5(password)+salt)': hx(sha1, hx(sha1, hx(md5, b).encode() + s).encode()),
    "sha512:password+'{'+salt+'}'": b64(sha512, b + b'{' + s + b'}'),
    "sha256:'{SALT}'+salt+\\"'\\"+password": hx(sha256, b'{SALT}' + s + b"'" + b),
    'sha1:salt+utf16le(password)': b64(sha1, s + u),
    'hmac-sha384:salt': hmac.new(s, b, 'sha384').hexdigest(),
  }`;

  const idOf = (format: string) => {
    const digest = format.slice(0, format.indexOf(':'));
    return digest.startsWith('hmac-') ? digest : `${digest}-template`;
  };

  test.skipIf(!has('hashlib'))('templates give the digests of hashlib', async () => {
    for (const [index, hashes] of fromPython(made('sälz:1')).entries()) {
      for (const [format, text] of Object.entries(hashes)) {
        await verify({ text, format, salt: 'sälz:1' }, idOf(format), passwords[index] ?? '');
      }
    }
  });

  test.skipIf(!has('hashlib'))('a salt may stand behind a colon, and nothing else behind it', async () => {
    for (const [index, hashes] of fromPython(made('sälz')).entries()) {
      for (const [format, text] of Object.entries(hashes)) {
        await verify({ text: `${text}:sälz`, format }, idOf(format), passwords[index] ?? '');
        const further = { text: `${text}:sälz:1`, format: parseHashFormat(format) };
        expect(resolveHash(further, digestSchemes).kind).toBe('refused');
      }
    }
  });
});

describe('slappasswd', () => {
  const make = (name: string, password: string) => {
    const module = ['-o', 'module-path=/usr/lib/ldap', '-o', 'module-load=pw-sha2'];
    const options = [...(/\d\d/.test(name) ? module : []), '-h', name, '-n', '-s', password];
    return spawnSync(slappasswd, options, { encoding: 'utf8' }).stdout;
  };
  const names = ['MD5', 'SMD5', 'SHA', 'SSHA', 'SHA256', 'SSHA256', 'SHA384', 'SSHA384', 'SHA512', 'SSHA512'];
  const known = existsSync(slappasswd) ? names.filter((name) => make(`{${name}}`, 'x') !== '') : [];

  test.skipIf(known.length < names.length).each(names)('{%s} verifies', async (name) => {
    for (const password of passwords) {
      const text = make(`{${name}}`, password);
      await verify({ text }, `ldap-${name.toLowerCase()}`, password);
      await verify(
        { text: text.replace(`{${name}}`, `{${name.toLowerCase()}}`) },
        `ldap-${name.toLowerCase()}`,
        password,
      );
    }
  });
});
