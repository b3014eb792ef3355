import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bcryptScheme } from '../../../src/hashing/crypt/bcrypt.ts';
import { cryptSchemes } from '../../../src/hashing/crypt/schemes.ts';
import { looksLikeHash } from '../../../src/hashing/detect/looks-like-hash.ts';
import { digestSchemes } from '../../../src/hashing/digest/schemes.ts';

const schemes = [bcryptScheme, ...cryptSchemes, ...digestSchemes];

const vectors: { format: string; hash: string; scheme: string }[] = JSON.parse(
  readFileSync(new URL('../../fixtures/hashes-digest.json', import.meta.url), 'utf8'),
);

describe('looksLikeHash', () => {
  test.each(vectors.filter(({ scheme }) => scheme !== 'plaintext' && scheme !== 'mysql323'))(
    '$format is one',
    ({ hash }) => {
      expect(looksLikeHash(hash, schemes)).toBe(true);
    },
  );

  test.each([
    '$2x$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm',
    '$2y$10$UTEqfMONq1X/pVgV9Dvr',
    '$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7',
    '$1$vkz8WswG$1qP/YBUudpWXiL21gnY8y1',
    '$argon2id$v=19$m=65536',
    '$md5,rounds=34000$5vAKkG5g$$Rx88IVa0',
    'U$S$DabcdEFGHlumXGVDJ/kQA35zHKqsW0',
    '_7C/.Pgnju1UeUUlpsCU',
    'pbkdf2:sha256:1000$oVRuvFreu0IW85Y7$22f94b',
    'scrypt:32768:8:1$IxEg7hSzVE64aY2F$7d60',
    'sha1$3IX605kynNNz$ccdb77a39829cd742c209b2a',
    'md5$$5ebf3592e0cedf8c264d6237ec19a1fd',
    'pbkdf2_sha256$1000000$4dsq9BTiAEqRVrlmo5E2SL$',
    'bcrypt$$2b$12$uxS0xgoqBaYeJq69TFAShOKiakU56jdnTwiP8xClXUTCQjF6Yi30W',
    '{ssha}zrgnc1qyWREAuuZj',
    '{CRYPT}WdS5AWsAqoL/E',
    '{PBKDF2-SHA256}29000$ZwwBoDSGcA4hhPB.b.0dow',
    '{LANMAN}e52cac67419a9a224a3b108f3fa6cb6d',
    '8846F7EAEE8FB117AD06BDD830B7586C',
    'd63dc919e201d7bc4c825630d2cf25fdc93d4b2f0d46706d29038d01',
    'X03MO1qnZdYdgyfeuILPmQ==',
    'W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
    'XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg=',
  ])('%s is one', (text) => {
    expect(looksLikeHash(text, schemes)).toBe(true);
  });

  test.each([
    ['a word', 'password'],
    ['13 letters, which DES could be', 'Abcdefghijk.1'],
    ['13 letters, which DES is', 'WdS5AWsAqoL/E'],
    ['24 letters', 'CorrectHorseBatteryStapl'],
    ['16 hexadecimal digits', '5d2e19393cc5ef67'],
    ['four words', 'correct horse battery staple'],
    ['64 letters', 'Correct/Horse/Battery/Staple/Correct/Horse/Battery/Staple/123456'],
    ['44 random letters', 'kJ8sQ2mZx7Rw4TfB1nVgY6uLc3HdPa9EoXi5KtMbNqSv'],
    ['signs', 'Tr0ub4dor&3$2b$!'],
    ['dollars', '$1$million'],
    ['a sign in front', '*Star*Wars*1977'],
    ['an exclamation mark', '!Correct-horse-1'],
    ['braces', '{Secret}Pass1'],
    ['an equals sign', 'Secret=='],
    ['Unicode', 'pässwörd ☃ 1A'],
    ['a Windows path', 'C:\\Users\\Alice1'],
    ['plaintext that says so', '{CLEARTEXT}Correct-horse-1'],
    ['nothing', ''],
  ])('%s is none', (_, text) => {
    expect(looksLikeHash(text, schemes)).toBe(false);
  });
});
