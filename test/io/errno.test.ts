import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errnoOf } from '../../src/io/errno.ts';

test('an error of the system is known by its name', () => {
  let thrown: unknown;
  try {
    readFileSync('/nowhere/at/all');
  } catch (error) {
    thrown = error;
  }
  expect(errnoOf(thrown)).toBe('ENOENT');
});

test.each([
  [new Error('x')],
  [Object.assign(new Error('x'), { code: 5 })],
  [{ code: 'ENOENT' }],
  [undefined],
])('%j has no name', (error) => {
  expect(errnoOf(error)).toBeUndefined();
});
