import { expect, test } from 'vitest';
import { confusableFault } from '../../src/domain/confusable-name.ts';

test.each([
  ...['admin', 'Bob_42', 'j.doe-x@ex', ''],
  // Latin, with marks that are composed in NFC and with one that is not.
  ...['J\u00fcrgen', 'stra\u00dfe', 'x\u0301', '\u0130stanbul', 'ng\u00f4'],
  // One other script each, alone and with what is common to all.
  ...['админ', 'админ_2', 'Αθηνά', 'אורי', 'علی', '٣٤٥', 'हिन्दी', 'สมชาย', 'გიორგი', 'Արամ', 'ᏣᎳᎩ', 'ⵣⵉⵔⵉ'],
  // Chinese, Japanese and Korean are written with several scripts, and mixed with Latin.
  ...[
    '李小龍',
    'ㄅㄆㄇ李',
    '山田たろう',
    'サーバー',
    'なまえ_サーバー',
    '김철수',
    '김哲秀',
    'jürgen_名前',
    'kimさん',
    'lee이',
  ],
])('nobody takes %j for another name', (name) => {
  expect(confusableFault(name.normalize('NFC'))).toBeUndefined();
});

test.each([
  // Cyrillic а, о, е, Greek ο, Armenian օ, Cherokee Ꭺ among Latin letters, and the other way round.
  ['\u0430dmin', 'mixes Cyrillic and Latin characters'],
  ['r\u043eot', 'mixes Latin and Cyrillic characters'],
  ['p\u03bfstgres', 'mixes Latin and Greek characters'],
  ['r\u0585ot', 'mixes Latin and Armenian characters'],
  ['\u13aadmin', 'mixes Cherokee and Latin characters'],
  ['админa', 'mixes Cyrillic and Latin characters'],
  ['\u03b1\u0434', 'mixes Greek and Cyrillic characters'],
  // Digits and marks belong to scripts, too.
  ['bob\u0663', 'mixes Latin and Arabic characters'],
  // Each goes with Latin and Han, but not with the others.
  ['김なまえ', 'mixes Hangul and Hiragana characters'],
  ['ㄅなまえ', 'mixes Bopomofo and Hiragana characters'],
  ['李имя', 'mixes Han and Cyrillic characters'],
  ['aбγ', 'mixes Latin, Cyrillic and Greek characters'],
  // Scripts that UAX #31 excludes from identifiers.
  ['\u{10330}\u{10331}', 'holds "\u{10330}", of a script that is not used for names'],
  ['a\u16a0', 'holds "\u16a0", of a script that is not used for names'],
])('%j %s', (name, fault) => {
  expect(confusableFault(name)).toBe(fault);
});

test.each([
  ...[
    '\u3164',
    '\ufe0f',
    '\u034f',
    '\u115f',
    '\u1160',
    '\uffa0',
    '\u180b',
    '\u17b4',
    '\u{e0100}',
    '\u200b',
    '\u00ad',
  ],
])('the invisible character %j is found anywhere in a name', (character) => {
  const code = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const name of [`${character}admin`, `ad${character}min`, `admin${character}`, `админ${character}`]) {
    expect(confusableFault(name)).toBe(`holds the invisible character ${code}`);
  }
});

test.each([
  ['\uff41\uff44\uff4d\uff49\uff4e', 'is another form of "admin"'],
  ['ad\u217fin', 'is another form of "admin"'],
  ['o\ufb03ce', 'is another form of "office"'],
  ['\u{1d51e}dmin', 'is another form of "admin"'],
  ['a\u00aa', 'is another form of "aa"'],
  ['mi\u017fter', 'is another form of "mister"'],
  ['\uff8a\uff9f', 'is another form of "\u30d1"'],
])('%j %s', (name, fault) => {
  expect(confusableFault(name)).toBe(fault);
});
