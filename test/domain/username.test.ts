import { expect, test } from 'vitest';
import {
  identityKey,
  isUserId,
  parseEmail,
  parsePersonalText,
  parseUsername,
} from '../../src/domain/username.ts';

const rules = { minLength: 3, maxLength: 10, characters: '_', forbidConfusable: false };

test.each([
  ['bob', 'bob'],
  ['Bob_42', 'Bob_42'],
  ['Jürgen', 'Jürgen'],
  ['Ju\u0308rgen', 'J\u00fcrgen'],
  ['李小龍', '李小龍'],
  ['हिन्दी', 'हिन्दी'],
  ['٣٤٥', '٣٤٥'],
  // Ten code points, twenty UTF-16 units.
  ['𝔞𝔟𝔠𝔡𝔢𝔣𝔤𝔥𝔦𝔧', '𝔞𝔟𝔠𝔡𝔢𝔣𝔤𝔥𝔦𝔧'],
])('the name %s is taken as %s', (text, name) => {
  expect(parseUsername(text, rules)).toBe(name);
});

test.each([
  ['ab', 'is shorter than 3 characters'],
  ['', 'is shorter than 3 characters'],
  // Two code points in four UTF-16 units, and two after NFC has joined them.
  ['𝔞𝔟', 'is shorter than 3 characters'],
  ['u\u0308a', 'is shorter than 3 characters'],
  ['abcdefghijk', 'is longer than 10 characters'],
  ['-bob', 'begins with "-"'],
  ['bob smith', 'holds " ", which is not allowed'],
  ['bob.smith', 'holds ".", which is not allowed'],
  ['bob-smith', 'holds "-", which is not allowed'],
  ['bob@a', 'holds "@", which is not allowed'],
  ['bob😀', 'holds "😀", which is not allowed'],
  ['bob\u0000', 'holds "\\u0000", which is not allowed'],
  ['bob\u202e', 'holds "\\u202e", which is not allowed'],
  ['bob\u200b', 'holds "\\u200b", which is not allowed'],
  ['bob\ud800', 'holds "\\ud800", which is not allowed'],
  ['bob½', 'holds "½", which is not allowed'],
])('the name %j is refused: it %s', (text, why) => {
  expect(() => parseUsername(text, rules)).toThrow(
    expect.objectContaining({ code: 'invalid-username', message: expect.stringContaining(why) }),
  );
});

test('a name that looks like another is refused where the rules say so, and how to accept it is told', () => {
  const name = '\u0430dmin';
  expect(parseUsername(name, rules)).toBe(name);
  expect(() => parseUsername(name, { ...rules, forbidConfusable: true })).toThrow(
    expect.objectContaining({
      code: 'invalid-username',
      message: `username "${name}" mixes Cyrillic and Latin characters`,
      hint: expect.stringContaining('usernameForbidConfusable=no'),
    }),
  );
  expect(parseUsername('Ju\u0308rgen', { ...rules, forbidConfusable: true })).toBe('J\u00fcrgen');
});

test.each(['.-@', '_.-@'])('with the characters %s of imports, addresses are names', (characters) => {
  expect(parseUsername('j.doe-x@ex', { ...rules, characters })).toBe('j.doe-x@ex');
  expect(() => parseUsername('-doe', { ...rules, characters })).toThrow('begins with "-"');
});

test.each([
  ['0192d3a0-0000-7000-8000-000000000001', true],
  ['0192D3A0-0000-7000-8000-00000000000F', true],
  ['0192d3a0000070008000000000000001', false],
  ['0192d3a0-0000-7000-8000-00000000000g', false],
  ['0192d3a0-0000-7000-8000-0000000000011', false],
])('whether %s has the shape of an id: %s, and then it is no name', (text, isId) => {
  expect(isUserId(text)).toBe(isId);
  const take = () => parseUsername(text, { ...rules, minLength: 1, maxLength: 100, characters: '-' });
  if (isId) expect(take).toThrow('has the shape of a user id');
  else expect(take()).toBe(text);
});

test.each([
  ['Alice', 'alice'],
  ['ÅSA', 'åsa'],
  ['A\u030asa', 'Åsa'],
  ['\u212bsa', 'åsa'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
  ['Alice@Example.ORG', 'alice@example.org'],
  ['ǅ', 'ǆ'],
])('%s and %s are the same name', (one, other) => {
  expect(identityKey(one)).toBe(identityKey(other));
});

test.each([
  ['alice', 'alicе'], // the second ends in a Cyrillic letter
  ['strasse', 'straße'],
  ['a', 'ª'],
])('%s and %s are two names', (one, other) => {
  expect(identityKey(one)).not.toBe(identityKey(other));
});

test.each(['Alice', 'ΟΔΥΣΣΕΥΣ', 'İstanbul', 'A\u030aSA', 'straße', 'ǅ'])(
  'the key of the key of %s is the key',
  (name) => {
    expect(identityKey(identityKey(name))).toBe(identityKey(name));
  },
);

test.each([
  ['alice@example.org', 'alice@example.org'],
  ['a+b.c@x', 'a+b.c@x'],
  ['ju\u0308rgen@bücher.example', 'j\u00fcrgen@bücher.example'],
  [`${'a'.repeat(242)}@example.org`, `${'a'.repeat(242)}@example.org`],
])('%s is an e-mail address', (text, email) => {
  expect(parseEmail(text)).toBe(email);
});

test.each(
  [
    ['', 'alice', '@example.org', 'alice@', 'a@b@c', 'a b@c', 'a@b\u0000', 'a@b\u2028', 'a\u001b@b', 'a@b\n'],
    [`${'a'.repeat(243)}@example.org`],
  ].flat(),
)('%j is no e-mail address', (text) => {
  expect(() => parseEmail(text)).toThrow(expect.objectContaining({ code: 'invalid-email' }));
});

test.each([
  ['', null],
  ['Anne Marie', 'Anne Marie'],
  ["O'Neil", "O'Neil"],
  ['Ju\u0308rgen', 'J\u00fcrgen'],
  ['𝔞'.repeat(200), '𝔞'.repeat(200)],
])('the first name %j is stored as %j', (text, name) => {
  expect(parsePersonalText(text, 'first name')).toBe(name);
});

test.each(['a\u0007', '\u001b[31m', 'a\nb', 'a\u0085b', 'a\u2028b', '𝔞'.repeat(201)])(
  'the first name %j is refused',
  (text) => {
    expect(() => parsePersonalText(text, 'first name')).toThrow(
      expect.objectContaining({ code: 'invalid-name', message: expect.stringMatching(/^the first name /) }),
    );
  },
);
