import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identify, matches } from '../../src/hashing/index.ts';
import { wrapText } from '../../src/hashing/wrap.ts';
import { pythonHas, runPython } from './python-hashes.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/wrapped-hashes.md'), 'utf8');
const examples = text.match(/^ {4}\$wrapped\$v=1,scheme=ldap.*$/gm)?.map((line) => line.trim()) ?? [];
const program = /```python\n([^`]*)```/.exec(text)?.[1] ?? '';

const ssha = '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL';
const settings = {
  scheme: 'bcrypt',
  bcryptCost: 4,
  argon2Memory: 64,
  argon2Passes: 1,
  argon2Lanes: 1,
} as const;

test('the examples of the document are verified here', async () => {
  expect(examples).toHaveLength(2);
  for (const example of examples) {
    const known = await identify(example);
    expect(known?.scheme.id).toBe('wrapped');
    expect(known && (await matches(known.hash, 'password'))).toBe(true);
    expect(known && (await matches(known.hash, 'Password'))).toBe(false);
  }
});

test.skipIf(!pythonHas('bcrypt'))('the program of the document verifies what is wrapped here', async () => {
  const [documented = ''] = examples;
  const made = await Promise.all([wrapText(ssha, settings), wrapText(ssha, settings)]);
  const cases = [documented, ...made].flatMap((stored) => [
    [stored, 'password'],
    [stored, 'Password'],
  ]);
  const harness = 'import json, sys\nprint(json.dumps([verify(*case) for case in json.load(sys.stdin)]))';
  expect(runPython(`${program}\n${harness}`, cases)).toEqual([true, false, true, false, true, false]);
});
