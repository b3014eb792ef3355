import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  allSchemes,
  type HashReader,
  identify,
  identifyPrefixed,
  matches,
  textsFor,
} from '../../src/hashing/index.ts';

const vectors = ['digest', 'crypt', 'kdf'].flatMap(
  (name): { format: string; password: string; hash: string }[] =>
    JSON.parse(readFileSync(new URL(`../fixtures/hashes-${name}.json`, import.meta.url), 'utf8')),
);
const readers: readonly HashReader[] = ['crypt', 'apache', 'ldap', 'django', 'keycloak'];

const salt = 'c2FsdHNhbHQ';
const zeros = (bytes: number) => Buffer.alloc(bytes).toString('base64').replaceAll('=', '');
const sha1 = '2jmj7l5rSw0yVb/vlWAYkK/YBwk=';
const bcryptBody = '$04$abcdefghijklmnopqrstuuktlzWFaVd/9H4BOUr5bN66kU21BDrmW';
const argon2 = `$argon2id$v=19$m=1024,t=1,p=1$${salt}$${zeros(32)}`;
const md5Crypt = '$1$vkz8WswG$1qP/YBUudpWXiL21gnY8y1';
const des = 'WdS5AWsAqoL/E';

type Spellings = Partial<Record<HashReader, string>>;
const spelled: [stored: string, Spellings][] = [
  [md5Crypt, { crypt: md5Crypt, ldap: `{CRYPT}${md5Crypt}` }],
  [`{CRYPT}${md5Crypt}`, { crypt: md5Crypt, ldap: `{CRYPT}${md5Crypt}` }],
  [des, { crypt: des, ldap: `{CRYPT}${des}` }],
  [`crypt$Wd$${des}`, { crypt: des, ldap: `{CRYPT}${des}` }],
  ['$apr1$0ORE7vSH$/yfRZlLigruXrRzImhyLZ1', { apache: '$apr1$0ORE7vSH$/yfRZlLigruXrRzImhyLZ1' }],
  [
    `$2y${bcryptBody}`,
    {
      crypt: `$2b${bcryptBody}`,
      apache: `$2y${bcryptBody}`,
      ldap: `{CRYPT}$2b${bcryptBody}`,
      django: `bcrypt$$2b${bcryptBody}`,
    },
  ],
  [`{SHA}${sha1}`, { apache: `{SHA}${sha1}`, ldap: `{SHA}${sha1}` }],
  ['{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', { ldap: '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL' }],
  [`{PBKDF2-SHA256}1000$${salt}$${zeros(32)}`, { ldap: `{PBKDF2-SHA256}1000$${salt}$${zeros(32)}` }],
  [argon2, { ldap: `{ARGON2}${argon2}`, django: `argon2${argon2}` }],
  [`bcrypt_sha256$$2b${bcryptBody}`, { django: `bcrypt_sha256$$2b${bcryptBody}` }],
  [`pbkdf2_sha1$1$x$${zeros(20)}=`, { django: `pbkdf2_sha1$1$x$${zeros(20)}=` }],
];

test.each(spelled)(
  '%s is exported in the spelling of each system that can verify it',
  async (stored, expected) => {
    for (const reader of readers.filter((one) => one !== 'keycloak')) {
      const textFor = await textsFor(reader);
      expect([reader, textFor(stored)]).toEqual([reader, expected[reader]]);
    }
  },
);

test.each([
  ['a digest that only begins like a hash of crypt(3)', `$md5$${Buffer.alloc(16).toString('base64')}`],
  ['a digest that only begins like a hash of crypt(3)', `$sha1$${sha1}`],
  ['an over-hashed password', `$wp$2y${bcryptBody}`],
  ['a SCRAM record, for which the password was prepared', `$scram$1000$${salt}$sha-1=${zeros(20)}`],
  ['PBKDF2 whose rounds are not known', `pbkdf2:sha256$salt$${'0'.repeat(64)}`],
  ['PBKDF2 without a salt', `$pbkdf2$1000$$${zeros(20)}`],
  ['PBKDF2 with SHA-384', `$pbkdf2-sha384$1000$${salt}$${zeros(48)}`],
  ['text that is no hash', 'password'],
])('no software is given %s', async (_what, stored) => {
  for (const reader of readers)
    expect([reader, (await textsFor(reader))(stored)]).toEqual([reader, undefined]);
});

test('every system that is given an exported hash verifies the same password', async () => {
  const schemes = await allSchemes();
  const rounds = ({ hash }: { hash: string }) =>
    Number(identifyPrefixed(hash, schemes)?.hash.parameters.iterations ?? 0);
  const cheapestFirst = vectors.toSorted((one, other) => rounds(one) - rounds(other));
  const verified = new Set<string>();
  for (const reader of readers) {
    const textFor = await textsFor(reader);
    for (const { password, hash } of cheapestFirst) {
      const text = textFor(hash);
      if (text === undefined) continue;
      const [theirs, ours] = [identifyPrefixed(text, schemes), identifyPrefixed(hash, schemes)];
      expect(theirs?.hash.digest, text).toEqual(ours?.hash.digest);
      expect(textFor(text), text).toBe(text);
      // What keeps its scheme is verified with the scheme's own vectors, and once for each scheme is enough.
      const pair = `${ours?.scheme.id} for ${reader}`;
      if (theirs?.scheme.id === ours?.scheme.id || verified.has(pair)) continue;
      verified.add(pair);
      expect(theirs && (await matches(theirs.hash, password)), text).toBe(true);
    }
  }
  expect(verified.size).toBeGreaterThan(15);
});

test('Keycloak is given PBKDF2 and Argon2 from wherever they come', async () => {
  const textFor = await textsFor('keycloak');
  const stored = [
    `pbkdf2_sha256$1000$salt$${zeros(32)}=`,
    `pbkdf2:sha512:1000$salt$${'00'.repeat(64)}`,
    `{PBKDF2}1000$${salt}$${zeros(20)}`,
    `grub.pbkdf2.sha512.1000.${'00'.repeat(8)}.${'00'.repeat(64)}`,
    argon2,
    `{ARGON2}${argon2}`,
    `argon2${argon2}`,
  ];
  for (const text of stored) expect((await identify(textFor(text) ?? ''))?.scheme.id, text).toBe('keycloak');
});
