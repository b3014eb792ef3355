import { timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kdfSchemes } from '../../../src/hashing/kdf/schemes.ts';
import { pythonHas, runPython } from '../python-hashes.ts';

/** Passwords of all planes, controls and combining marks among them; NUL is refused before hashing. */
const passwords = fc
  .sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 24 }), 12)
  .map((text) => text.replaceAll('\0', '0'))
  .concat('a\u0308\ufb01', 'ä', 'p'.repeat(200), ' ', '\ufeffbom');

/** Passwords that Unicode 3.2 knows and SASLprep allows; the mapped characters are among them. */
const saslPasswords = [
  'pass\u00adword',
  'a\u00a0b',
  '\ufb01ve',
  'I\u00adX',
  'пароль',
  '\u2168',
  'a\u0308',
  '\uff41',
];

const check = async (hashes: unknown, given: readonly string[], id: string) => {
  expect(hashes).toHaveLength(given.length);
  const texts = Array.isArray(hashes) ? hashes.map(String) : [];
  const scheme = kdfSchemes.find((candidate) => candidate.id === id);
  for (const [index, text] of texts.entries()) {
    const hash = scheme?.parse(text);
    const digest = await hash?.compute(given[index] ?? '');
    expect(hash && digest && timingSafeEqual(digest, hash.digest), `${id} ${index}`).toBe(true);
    const wrong = await hash?.compute(`${given[index]}.`);
    expect(hash && wrong && timingSafeEqual(wrong, hash.digest), `${id} ${index}`).toBe(false);
    expect(hash?.text()).toBe(text);
  }
};

const read = 'import sys, json\npasswords = json.load(sys.stdin)\n';
const print = (expression: string) => `json.dump([${expression} for p in passwords], sys.stdout)`;

const passlib: [id: string, expression: string][] = [
  ['pbkdf2-sha1', 'h.pbkdf2_sha1.using(rounds=7).hash(p)'],
  ['pbkdf2-sha256', 'h.pbkdf2_sha256.using(rounds=8).hash(p)'],
  ['pbkdf2-sha512', 'h.pbkdf2_sha512.using(rounds=9).hash(p)'],
  ['ldap-pbkdf2-sha1', 'h.ldap_pbkdf2_sha1.using(rounds=7).hash(p)'],
  ['ldap-pbkdf2-sha256', 'h.ldap_pbkdf2_sha256.using(rounds=8).hash(p)'],
  ['ldap-pbkdf2-sha512', 'h.ldap_pbkdf2_sha512.using(rounds=9).hash(p)'],
  ['atlassian-pbkdf2', 'h.atlassian_pbkdf2_sha1.hash(p)'],
  ['grub-pbkdf2', 'h.grub_pbkdf2_sha512.using(rounds=10).hash(p)'],
  ['cta-pbkdf2', 'h.cta_pbkdf2_sha1.using(rounds=11).hash(p)'],
  ['dlitz-pbkdf2', 'h.dlitz_pbkdf2_sha1.using(rounds=12).hash(p)'],
  ['fshp', 'h.fshp.using(rounds=13, variant=len(p) % 4).hash(p)'],
  ['scrypt', 'h.scrypt.using(rounds=4, block_size=1 + len(p) % 8, parallelism=2).hash(p)'],
  ['spring-digest-md5', 'h.ldap_hex_md5.hash(p)'],
  ['django-pbkdf2-sha256', 'h.django_pbkdf2_sha256.using(rounds=14).hash(p)'],
  ['django-pbkdf2-sha1', 'h.django_pbkdf2_sha1.using(rounds=15).hash(p)'],
];

test.skipIf(!pythonHas('passlib')).each(passlib)('%s agrees with passlib', async (id, expression) => {
  const hashes = runPython(`${read}from passlib import hash as h\n${print(expression)}`, passwords);

  await check(hashes, passwords, id);
});

test.skipIf(!pythonHas('passlib'))('scram agrees with passlib', async () => {
  const script = `${read}from passlib import hash as h\n${print("h.scram.using(rounds=5, algs='sha-1').hash(p)")}`;

  await check(runPython(script, saslPasswords), saslPasswords, 'scram');
});

const django: [id: string, hasher: string][] = [
  ['django-pbkdf2-sha256', 'pbkdf2_sha256'],
  ['django-pbkdf2-sha1', 'pbkdf2_sha1'],
  ['django-argon2', 'argon2'],
  ['django-bcrypt', 'bcrypt'],
  ['django-bcrypt-sha256', 'bcrypt_sha256'],
];

test.skipIf(!pythonHas('django', 'argon2', 'bcrypt')).each(django)(
  '%s agrees with Django',
  async (id, hasher) => {
    const script = `${read}
from django.conf import settings
settings.configure(PASSWORD_HASHERS=['django.contrib.auth.hashers.' + name for name in (
  'PBKDF2PasswordHasher', 'PBKDF2SHA1PasswordHasher', 'Argon2PasswordHasher', 'BCryptPasswordHasher',
  'BCryptSHA256PasswordHasher')])
from django.contrib.auth import hashers
for name in ('PBKDF2PasswordHasher', 'PBKDF2SHA1PasswordHasher'): getattr(hashers, name).iterations = 20
for name in ('BCryptPasswordHasher', 'BCryptSHA256PasswordHasher'): getattr(hashers, name).rounds = 4
hashers.Argon2PasswordHasher.memory_cost = 64
${print(`hashers.make_password(p, hasher='${hasher}')`)}`;
    // Newer releases of Python's bcrypt refuse more than bcrypt's 72 bytes.
    const given = passwords.filter((password) => Buffer.byteLength(password) <= 72);

    await check(runPython(script, given), given, id);
  },
);

test.skipIf(!pythonHas('werkzeug')).each(['sha1', 'sha256', 'sha384', 'sha512', 'sha3_256', 'blake2b'])(
  'werkzeug-pbkdf2 with %s agrees with Werkzeug',
  async (digest) => {
    const expression = `generate_password_hash(p, 'pbkdf2:${digest}:16')`;
    const script = `${read}from werkzeug.security import generate_password_hash\n${print(expression)}`;

    await check(runPython(script, passwords), passwords, 'werkzeug-pbkdf2');
  },
);
