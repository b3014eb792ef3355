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

  // Shapes of hashcat's modules, by their numbers; some digests are made up.
  test.each([
    ['10: md5($pass.$salt)', '01dfae6e5d4d90d9892622325959afbe:7050461'],
    ['11: Joomla', '19e0e8d91c722e7091ca7a6a6fb0f4fa:54718031842521651757785603028777'],
    ['12: PostgreSQL', 'a6343a68d964ca596d9752250d54bb8a:postgres'],
    ['12: PostgreSQL, as it stores it', 'md5a6343a68d964ca596d9752250d54bb8a'],
    ['23: Skype', '3af0389f093b181ae26452015f4ae728:user'],
    ['50: HMAC-MD5', 'fc741db0a2968c39d9c2a5cc75b05370:1234'],
    ['101: nsldap', '{SHA}uJ6qx+YUFzQbcQtyd2gpTQ5qJ3s='],
    ['110: sha1($pass.$salt)', '2fc5a684737ce1bf7b3b239df432416e0dd07357:2014'],
    ['112: Oracle 11', 'ac5f1e62d21fd0529428b84d42e8955b04966703:38445748184477378130'],
    [
      '131: SQL Server 2000',
      '0x01002702560500000000000000000000000000000000000000008db43dd9b1972a636ad0c7d4b8c515cb8ce46578',
    ],
    ['141: Episerver 6', '$episerver$*0*bEtiVGhPNlZpcUN4a3ExTg==*utkfN0EOgljbv5FoZ6+AcZD5iLk'],
    ['300: MySQL 4.1', 'fcf7c1b8749cf99d88e5f34271d636178fb5d130'],
    ['1100: Domain Cached Credentials', '4dd8965d1d476fa0d026722989a6b772:3060147285011'],
    ['1421: hMailServer', '8fe7ca27a17adc337cd892b1d959b4e487b8f0ef09e32214f44fb1b07e461c532e9ec3'],
    [
      '1711: SSHA-512',
      '{SSHA512}ALtwKGBdRgD+U0fPAy31C28RyKYx7+a8kmfksccsOeLknLHv2DBXYI7TDnTolQMBuPkWDISgZr2cHfnNPFjGZTEyNDU4OTkw',
    ],
    ['2611: vBulletin', '28f9975808ae2bdc5847b1cda26033ea:308'],
    ['2811: IPB', '022f7e02b3314f7d0968f73c00ba759f:67588'],
    ['3100: Oracle 7', '7A963A529D2E3229:3682427524'],
    ['3711: MediaWiki B', ':B:56668501:0f8ba6d7c9a3b4a2f5cfbbb5a0c8f0b1'],
    ['3711: MediaWiki B', '$B$56668501$0ca5b2f5f3c0f6dbd5b5a5e4b5ff0ee2'],
    ['4400: md5(sha1($pass))', '288496df99b33f8f75a7ce4837d1b480'],
    [
      '5600: NetNTLMv2',
      'admin::N46iSNekpT:08ca45b7d7ea58ee:88dcbe4446168966a153a0064958dac6:5c7830315c7830310000',
    ],
    ['6300: AIX smd5', '{smd5}a5/yTL/u$VfvgyHx1xUlXZYBocQpQY0'],
    ['6400: AIX ssha256', '{ssha256}06$aJckFGJAB30LTe10$ohUsB7LBPlgclE3hJg9x042DLJvQyxVCX.nZZLEz.g2'],
    [
      '7300: IPMI2',
      'b7c2d6f13a43dce2e44ad120a9cd8a13d0ca23f0414275c0bbe1070d2d1299b1c04da0f1a0f1e4e2537300263a2200000000000000000000140768617368636174:472bdabe2d5d4bffd6add7b3ba79a291d104a9ef',
    ],
    ['7700: SAP CODVN B', '435748802305$0D6B07C1E0E7E8E4C0F9E0C4A8E1E3C5'],
    ['8600: Lotus Notes 6', '(GDpOtD35gGlyDksQRxEU)'],
    ['9200: Cisco 8', '$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk'],
    ['9300: Cisco 9', '$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6'],
    [
      '10200: CRAM-MD5',
      '$cram_md5$PG5vLXJlcGx5QGhhc2hjYXQubmV0Pg==$dXNlciA0NGVhZmQyMmZlNzY2NzBmNmIyODc5MDgxYTdmNWY3MQ==',
    ],
    ['16 digits with a salt', 'c762de4a5f4dcc3b:00000000'],
    ['12001: Atlassian', '{PKCS5S2}NzIyNzM0NzY3NTIwNjI3MdDDis7wPxSbSzfFqDGf7u/L00kSEnupbz36XCL0m7wa'],
    ['12100: PBKDF2-HMAC-SHA512', 'sha512:1000:ODQyMDEwNjQyODY=:MKaHNWXUsuJB3IEwBHbm3w==:padding'],
    [
      '14700: iTunes backup',
      '$itunes_backup$*9*b8e3f3a970239b22ac199b622293fe4237b9d16e74bad2c3c3568cd1bd3c471615a6c4f867265642*10000',
    ],
    [
      '20711: AuthMe',
      '$SHA$7218532375810603$bfede293ecf6539211a7305ea218b9f3f608953130405cda9eaba6fb6250f824',
    ],
    [
      '22200: Citrix',
      '2f9282ade42ce148175dc3b4d8b5916dae5211eee49886c3f7cc768f6b9f2eb982a5ac2f2672a0223999bfd15349093278adf12f6276e8b61dacf5572b3f93d0b4fa886ce',
    ],
    ['25400: a hash behind a number', '10|$2y$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm'],
    ['a hash behind a name', 'alice:$2y$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm'],
    ['a hash behind a name', 'alice:$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2'],
    [
      '28600: PostgreSQL SCRAM',
      'SCRAM-SHA-256$4096:IKfxzJ8Nq4PkLJCfgKcPmA==$iRw3qwTp18uaBnsTOEExbtgWdKeBMbSSnZvqD4sdqLQ=:hPciC1CcnBna3szR8Mf3MVc8t0W7QPbIHoMMrh4zRV0=',
    ],
    ['SHA-256 in base64, unpadded', 'XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg'],
    ['SHA-1 in base64 with a salt', 'W6ph5Mm5Pz8GgiULbPgzG37mj9g=:salt'],
  ])('%s is one: %s', (_module, text) => {
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
    ['a sum', 'Two$plus$Two$is$4'],
    ['a dollar in front', '$uper-Secret-pass1'],
    ['two names', 'Alice:Bob:Carol-2024'],
    ['40 random letters', 'aB3kJ8sQ2mZx7Rw4TfB1nVgY6uLc3HdPa9EoXi5K'],
    ['a UUID', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
    ['an address', 'https://example.org/?q=a:b'],
    ['parentheses', '(Secret)-Pass1'],
    ['nothing', ''],
  ])('%s is none', (_, text) => {
    expect(looksLikeHash(text, schemes)).toBe(false);
  });
});
