import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cryptSchemes } from '../../../src/hashing/crypt/schemes.ts';

const fixture = new URL('../../fixtures/hashes-crypt.json', import.meta.url);
const hashes: string[] = JSON.parse(readFileSync(fixture, 'utf8')).map(
  (vector: { hash: string }) => vector.hash,
);

const parseAll = (text: string) =>
  cryptSchemes.flatMap((scheme) => {
    const hash = scheme.parse(text);
    return hash ? [{ id: scheme.id, hash }] : [];
  });
const y43 = '.'.repeat(43);
const d11 = '.'.repeat(11);

describe('problems', () => {
  test.each([
    ['sha512-crypt', `$6$rounds=10000001$salt$${'.'.repeat(86)}`, 'over-cost'],
    ['sha512-crypt', `$6$rounds=99999999999999999999$salt$${'.'.repeat(86)}`, 'over-cost'],
    ['sha256-crypt', `$5$rounds=999999999$salt$${y43}`, 'over-cost'],
    ['sha1-crypt', `$sha1$4294967295$salt$${'.'.repeat(28)}`, 'over-cost'],
    ['sun-md5-crypt', `$md5,rounds=4294967295$salt$$${'.'.repeat(22)}`, 'over-cost'],
    ['bsdi-crypt', `_zzzzsalt${d11}`, 'over-cost'],
    ['scrypt-crypt', `$7$G6..../....salt$${y43}`, undefined], // 2^18 blocks of 1 KiB
    ['scrypt-crypt', `$7$I6..../....salt$${y43}`, 'over-cost'], // 2^20 blocks of 1 KiB
    ['scrypt-crypt', `$7$I7..../....salt$${y43}`, 'over-cost'],
    ['scrypt-crypt', `$7$J/..../....salt$${y43}`, 'over-cost'], // N=2^21
    ['scrypt-crypt', `$7$CU.....2...salt$${y43}`, 'over-cost'], // p=2^14
    ['scrypt-crypt', `$7$C6....E....salt$${y43}`, undefined], // p=16
    ['scrypt-crypt', `$7$C6....z....salt$${y43}`, 'over-cost'], // p=63
    ['scrypt-crypt', `$7$CU....zz...salt$${y43}`, 'over-cost'], // p=4095
    ['scrypt-crypt', `$7$CU......../salt$${y43}`, 'over-cost'], // p=2^24
    ['scrypt-crypt', `$7$//..../....salt$${y43}`, 'unsupported'], // N=2
    ['scrypt-crypt', `$7$C...../....salt$${y43}`, 'unsupported'], // r=0
    ['yescrypt', `$y$jDT$salt$${y43}`, undefined], // 2^16 blocks of 4 KiB: libxcrypt's cost 9
    ['yescrypt', `$y$jFT$salt$${y43}`, 'over-cost'], // 2^18 blocks of 4 KiB: its highest
    ['gost-yescrypt', `$gy$jGT$salt$${y43}`, 'over-cost'],
    ['yescrypt', `$y$jI/$salt$${y43}`, 'over-cost'], // N=2^21
    ['yescrypt', `$y$jFT/4$salt$${y43}`, 'over-cost'], // t=7 over 1 GiB
    ['yescrypt', `$y$j9T/zzzzzz$salt$${y43}`, 'over-cost'], // t near 2^32
    ['yescrypt', `$y$j9T0..$salt$${y43}`, undefined],
    ['yescrypt', `$y$i9T$salt$${y43}`, 'unsupported'], // another flavour
    ['yescrypt', `$y$/9T1.$salt$${y43}`, 'unsupported'], // g=1
    ['yescrypt', `$y$j9T5/$salt$${y43}`, 'unsupported'], // a ROM
    ['yescrypt', `$y$.9T/.$salt$${y43}`, 'unsupported'], // classic with t=1
    ['yescrypt', `$y$j/T..$salt$${y43}`, 'unsupported'], // N=4 over p=2
  ])('%s %s: %s', (id, text, code) => {
    const [found] = parseAll(text);

    expect(found?.id).toBe(id);
    expect(found?.hash.problem?.code).toBe(code);
    expect(found?.hash.problem?.message ?? '').not.toContain('salt');
    expect(found?.hash.text()).toBe(text.replace('99999999999999999999', '999999999'));
  });
});

test.each([
  ['a digest with bits beyond its last byte', '$1$vkz8WswG$1qP/YBUudpWXiL21gnY8yz'],
  ['a digest with bits beyond its last byte', 'abJnggxhB/yWJ'],
  ['a salt that is too long', '$1$vkz8WswG9$1qP/YBUudpWXiL21gnY8y1'],
  ['rounds without a salt field', `$6$rounds=5000$${'.'.repeat(86)}`],
  ['a sha1-crypt digest whose last byte is not its first again', `$sha1$1$salt$${'.'.repeat(24)}/...`],
  ['a yescrypt salt with bits beyond its last byte', `$y$j9T$zz$${y43}`],
  ['a yescrypt salt of 65 bytes', `$y$j9T$${'.'.repeat(87)}$${y43}`],
  ['yescrypt parameters that end early', `$y$j9T.$salt$${y43}`],
  ['Django with a salt that is not the hash’s', 'crypt$ab$3VE/9m1v35rTE'],
  ['Django’s sha1', 'sha1$salt$ccdb77a39829cd742c209b2a1e6db6c561e4aa13'],
  ['Kratos’s md5', '$md5$X03MO1qnZdYdgyfeuILPmQ=='],
  ['a trailing line break', '$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/\n'],
  ['a locked account', '!$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/'],
  ['a setting without digest', '$y$j9T$abcdefgh'],
  ['failure tokens', '*0'],
])('%s is not taken', (_, text) => {
  expect(parseAll(text)).toEqual([]);
});

test.each([
  ['crypt$$3VE/9m1v35rTE', 'django-crypt'],
  ['crypt$3Vlonger$3VE/9m1v35rTE', 'django-crypt'],
  [`$md5$salt$${'.'.repeat(22)}`, 'sun-md5-crypt'],
  [`$md5$salt$$${'.'.repeat(22)}`, 'sun-md5-crypt'],
  [`$md5$rounds=5$salt$$${'.'.repeat(22)}`, 'sun-md5-crypt'],
])('%s is %s', (text, id) => {
  expect(parseAll(text)).toMatchObject([{ id }]);
  expect(parseAll(text)[0]?.hash.text()).toBe(text);
});

test.each([
  ['nt', 'fast'],
  ['des-crypt', 'fast'],
  ['django-crypt', 'fast'],
  ['bsdi-crypt', 'weak'],
  ['md5-crypt', 'weak'],
  ['apr1', 'weak'],
  ['sun-md5-crypt', 'weak'],
  ['sha1-crypt', 'weak'],
  ['scrypt-crypt', 'good'],
  ['yescrypt', 'good'],
  ['gost-yescrypt', 'good'],
])('%s at its usual cost is %s', (id, strength) => {
  const found = hashes.flatMap(parseAll).filter((hash) => hash.id === id);
  expect(found.map(({ hash }) => hash.strength)).toContain(strength);
});

test.each([
  ['sha1-crypt of one round', `$sha1$1$salt$${'.'.repeat(28)}`, 'fast'],
  ['sha1-crypt of a hundred rounds', `$sha1$100$salt$${'.'.repeat(28)}`, 'weak'],
  ['BSDi crypt of one round', `_/...salt${d11}`, 'fast'],
  ['BSDi crypt of 725 rounds', `_J9..salt${d11}`, 'weak'],
  ['scrypt with N = 4', `$7$0/..../....salt$${y43}`, 'fast'],
  ['scrypt without a salt', `$7$CU..../....$${y43}`, 'fast'],
  ['yescrypt with N = 8', `$y$j0.$salt$${y43}`, 'fast'],
])('the strength of %s comes from its work', (_what, text, strength) => {
  expect(parseAll(text)[0]?.hash.strength).toBe(strength);
});

const alphabetic = fc.constantFrom(...'./09AZaz$_,=:!*+ \n\0é');

/** A valid hash with characters replaced, removed, inserted or doubled. */
const nearMiss = fc
  .tuple(
    fc.constantFrom(...hashes),
    fc.array(fc.tuple(fc.nat(200), fc.nat(2), fc.oneof(alphabetic, fc.string({ maxLength: 3 }))), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([hash, edits]) =>
    edits.reduce((text, [at, removed, inserted]) => {
      const position = at % (text.length + 1);
      return text.slice(0, position) + inserted + text.slice(position + removed);
    }, hash),
  );

test('parse accepts or refuses any text without throwing, and writes an accepted text back unchanged', () => {
  fc.assert(
    fc.property(fc.oneof(nearMiss, fc.string(), fc.string({ unit: 'binary' })), (text) => {
      for (const { id, hash } of parseAll(text)) {
        const again = parseAll(hash.text());
        expect(again.map((found) => found.id)).toEqual([id]);
        expect(again[0]?.hash.digest).toEqual(hash.digest);
        expect(again[0]?.hash.text()).toBe(hash.text());
        expect(again[0]?.hash.parameters).toEqual(hash.parameters);
      }
    }),
    { numRuns: 5000 },
  );
});

test('parse is linear in hostile text', () => {
  const started = performance.now();
  for (const prefix of ['', '_', '$1$', '$5$rounds=', '$6$', '$sha1$1$', '$md5$', '$7$', '$y$', 'crypt$']) {
    for (const filler of ['.', '$', '1', 'z$', 'rounds=1$']) parseAll(prefix + filler.repeat(1_000_000));
  }
  expect(performance.now() - started).toBeLessThan(3000);
});
