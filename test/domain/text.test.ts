import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoints, escapeText, hasControls, quote } from '../../src/domain/text.ts';

test.each([
  ['colour', '\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['a one-byte CSI', '\u009b31m', '\\u009b31m'],
  ['a window title (OSC)', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
  ['a link (OSC 8)', '\u001b]8;;http://x\u001b\\', '\\u001b]8;;http://x\\u001b\\'],
  ['line breaks', 'a\r\nb\tc\u0085d\u2028e\u2029f', 'a\\u000d\\u000ab\\u0009c\\u0085d\\u2028e\\u2029f'],
  ['NUL, backspace and DEL', '\0\b\u007f', '\\u0000\\u0008\\u007f'],
  ['bidi overrides', 'a\u202egnp.exe\u202c', 'a\\u202egnp.exe\\u202c'],
  ['bidi isolates', '\u2066a\u2069', '\\u2066a\\u2069'],
  ['bidi marks', '\u200ea\u200f\u061c', '\\u200ea\\u200f\\u061c'],
  ['what hides', 'a\u200bb\u200dc\u2060d\ufeffe\u00adf', 'a\\u200bb\\u200dc\\u2060d\\ufeffe\\u00adf'],
  ['a lone high surrogate', 'a\ud83db', 'a\\ud83db'],
  ['a lone low surrogate', 'a\ude00b', 'a\\ude00b'],
  ['surrogates the wrong way round', '\ude00\ud83d', '\\ude00\\ud83d'],
  ['a high surrogate before a pair', '\ud83d\ud83d\ude00', '\\ud83d😀'],
  ['plain text', 'Jürgen 李 😀 "a\\b" שלום', 'Jürgen 李 😀 "a\\b" שלום'],
])('%s', (_what, text, escaped) => {
  expect(escapeText(text)).toBe(escaped);
});

test('nothing that is escaped is left of any text, and what is escaped stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeText(text);
      expect(escaped).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      expect(escapeText(escaped)).toBe(escaped);
    }),
  );
});

test('a quotation is escaped and of bounded length', () => {
  expect(quote('a\u001bb')).toBe('"a\\u001bb"');
  expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(100)}"`);
  expect(quote('x'.repeat(10_000_000))).toBe(`"${'x'.repeat(100)}…"`);
  // The cut falls into the middle of a character of two units.
  expect(quote(`${'x'.repeat(99)}😀`)).toBe(`"${'x'.repeat(99)}\\ud83d…"`);
});

test.each([
  ['plain text', false],
  ['a\tb', true],
  ['a\u0085', true],
  ['a\u2029', true],
  ['a\u200d', false],
])('whether %j holds controls: %s', (text, expected) => {
  expect(hasControls(text)).toBe(expected);
});

test.each([
  ['', 0],
  ['abc', 3],
  ['😀', 1],
  ['u\u0308', 2],
])('%j has %d code points', (text, count) => {
  expect(codePoints(text)).toBe(count);
});
