import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { errorCodes } from '../../src/domain/error-codes.ts';

const source = join(import.meta.dirname, '../../src');
const registries = ['domain/errors.ts', 'domain/error-codes.ts', 'cli/exit-codes.ts'];

const raising = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !registries.includes(path))
  .map((path) => readFileSync(join(source, path), 'utf8'));

// The type checker makes sure that no code is missing in the registry.
test.each(Object.entries(errorCodes))('the error code %s is raised somewhere and explained', (code, text) => {
  expect(raising.some((file) => file.includes(`'${code}'`))).toBe(true);
  expect(Object.keys(exitCodes)).toContain(code);
  for (const sentence of [text.meaning, text.whatToDo]) expect(sentence).toMatch(/^[A-Z`].*\.$/);
});
