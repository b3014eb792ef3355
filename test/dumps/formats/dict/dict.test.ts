import { describe, expect, test } from 'vitest';
import { legacyDict } from '../../../../src/dumps/formats/dict/dict.ts';
import { fieldsIn, problemsIn, readAll, sourceOf } from '../../reading.ts';

const read = (content: string | Uint8Array) => readAll(legacyDict, sourceOf(content));

describe('members', () => {
  test('are users with a password, or with fields', async () => {
    const outcome = await read(
      '{\n "alice": "Secret-1",\n "böb":\n   {"email": "b@x.org", "password": ""}, "": "x"}',
    );

    expect(fieldsIn(outcome)).toEqual([
      { username: 'alice', password: 'Secret-1' },
      { username: 'böb', email: 'b@x.org', password: '' },
      { username: '', password: 'x' },
    ]);
    expect(outcome.rows.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  test('with one name are all rows: which one counts is not decided here', async () => {
    expect(fieldsIn(await read('{"a":"1","a":"2"}'))).toEqual([
      { username: 'a', password: '1' },
      { username: 'a', password: '2' },
    ]);
  });

  test('without a password or with a bad name are bad rows', async () => {
    const content = '{"a":1,"b":null,"c":["x"],"\xff":"p","d":"\xff","e":{"username":"f"},"g\0":"p","h":"p"}';
    const outcome = await read(Buffer.from(content, 'latin1'));

    expect(problemsIn(outcome)).toEqual([
      ...[
        '1 malformed',
        '1 malformed',
        '1 malformed',
        '1 not-text',
        '1 not-text',
        '1 malformed',
        '1 not-text',
      ],
    ]);
    expect(fieldsIn(outcome)).toEqual([{ username: 'h', password: 'p' }]);
  });

  test('may have names that are those of object properties', async () => {
    const outcome = await read('{"__proto__":"p","constructor":{"__proto__":{"admin":true}}}');

    expect(outcome.rows.map((row) => 'fields' in row && Object.entries(row.fields))).toEqual([
      [
        ['username', '__proto__'],
        ['password', 'p'],
      ],
      [
        ['username', 'constructor'],
        ['__proto__', { admin: true }],
      ],
    ]);
  });

  test('an empty object has none', async () => {
    expect(await read('{}\n')).toEqual({ rows: [], broken: undefined });
  });
});

test.each([
  ['an array', '[]', 0, 'expected an object with user names as keys at line 1, column 1 (byte 0)'],
  ['a key without a value', '{"a":"1","b"}', 1, 'expected a colon at line 1, column 13 (byte 12)'],
  ['a key that is no string', '{"a":"1",b:"2"}', 1, 'expected a key at line 1, column 10 (byte 9)'],
  ['a bad key', '{"a":"1","\\x":"2"}', 1, 'invalid key at line 1, column 10 (byte 9)'],
  [
    'a cut',
    '{"a":"1","b":"2',
    1,
    'the dump ends too early: a value is cut off at line 1, column 16 (byte 15)',
  ],
  [
    'a cut after a value',
    '{"a":"1"',
    1,
    'the dump ends too early: expected a comma or } at line 1, column 9 (byte 8)',
  ],
  ['a second object', '{"a":"1"}\n{"b":"2"}', 1, 'expected the end at line 2, column 1 (byte 10)'],
])('%s breaks the dump', async (_, content, rows, message) => {
  const outcome = await read(content);

  expect(outcome.rows).toHaveLength(rows);
  expect(outcome.broken?.message).toBe(message);
});
