import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/domain/shell-word.ts';

const read = (words: string[]): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

test.each([
  ['alice', 'alice'],
  ['a.b-c_d@example.org', 'a.b-c_d@example.org'],
  ['/srv/data/50%+1,x=y:z', '/srv/data/50%+1,x=y:z'],
  ['', "''"],
  ['=ls', "'=ls'"],
  ['a b', "'a b'"],
  ["o'hara", `'o'\\''hara'`],
  ['$(id)', "'$(id)'"],
  ['~root', "'~root'"],
  ['zoë', 'zoë'],
  ['zoë b', "'zoë b'"],
  ['a\nb', "'a\nb'"],
])('%j is written as %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('a shell reads back what was written, whatever it is', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((one) => one.replaceAll('\0', ''));
  const hostile = fc.string({ unit: fc.constantFrom(...`'"\`$\\!*?[]{}()<>|&;# \t\n~=-a`), maxLength: 12 });
  const words = fc.array(fc.oneof(text, hostile), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(words, (some) => {
      expect(read(some)).toEqual(some);
    }),
    { numRuns: 50 },
  );
});
