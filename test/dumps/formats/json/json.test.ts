import { JSONParser } from '@streamparser/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorFinder } from '../../../../src/dumps/engine/json/error.ts';
import { JsonReader } from '../../../../src/dumps/engine/json/reader.ts';
import { arrayShape, json } from '../../../../src/dumps/formats/json/json.ts';
import { fieldsIn, problemsIn, pushAll, readAll, sourceOf } from '../../reading.ts';

const read = (content: string | Uint8Array) => readAll(json, sourceOf(content));
const reader = () => new JsonReader(arrayShape, errorFinder(JSONParser));

describe('elements', () => {
  test('are rows, whatever the layout', async () => {
    const content =
      '\uFEFF [\n  {"a": 1, "b": {"c": [true, null, "}]\\""]}},\r\n{"a":"\\u00f6\\ud83d\\ude00"} , {}\n]\n';
    const outcome = await read(content);

    expect(outcome.broken).toBeUndefined();
    expect(fieldsIn(outcome)).toEqual([{ a: 1, b: { c: [true, null, '}]"'] } }, { a: 'ö😀' }, {}]);
    expect(outcome.rows.map(({ line }) => line)).toEqual([2, 3, 3]);
    const bytes = Buffer.from(content);
    expect(outcome.rows.map(({ end }) => bytes.subarray(0, end).toString().slice(-3))).toEqual([
      ']}}',
      '0"}',
      ' {}',
    ]);
  });

  test('that are no objects, not text or too deep are bad rows', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const parts = [
      '[1,\n"x", true, null,\n[{}],\n{"a":"',
      '\xff',
      '"},\n{"a":"',
      '\0',
      `"},{"a":${deep}},\n{"a":2}]`,
    ];
    const outcome = await read(Buffer.concat(parts.map((part) => Buffer.from(part, 'latin1'))));

    expect(outcome.broken).toBeUndefined();
    expect(problemsIn(outcome)).toEqual([
      ...['1 malformed', '2 malformed', '2 malformed', '2 malformed', '3 malformed'],
      ...['4 not-text', '5 not-text', '5 malformed'],
    ]);
    expect(fieldsIn(outcome)).toEqual([{ a: 2 }]);
  });

  test('over 16 MiB are left out', async () => {
    const huge = Buffer.alloc(17 * 1024 * 1024, 'x');
    const outcome = await read(Buffer.concat([Buffer.from('[{"a":"'), huge, Buffer.from('"},\n{"a":1}]')]));

    expect(problemsIn(outcome)).toEqual(['1 too-large']);
    expect(fieldsIn(outcome)).toEqual([{ a: 1 }]);
  });

  test('may hold a field of 10 MB', async () => {
    const huge = 'x'.repeat(10_000_000);

    expect(fieldsIn(await read(`[{"a":"${huge}"}]`))[0]?.a === huge).toBe(true);
  });

  test('may have keys that are those of object properties', async () => {
    const outcome = await read(
      '[{"__proto__":{"admin":true},"constructor":1,"b":{"__proto__":{"admin":true}}}]',
    );
    const fields = outcome.rows[0] && 'fields' in outcome.rows[0] ? outcome.rows[0].fields : {};

    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor', 'b']);
    expect(fields.admin).toBeUndefined();
    expect(Object.keys(Object(fields.b))).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });
});

describe('what breaks a dump', () => {
  test.each([
    ['nothing', '', 0, 1, 'the dump ends too early: expected a value at line 1, column 1 (byte 0)'],
    ['no array', ' {"a":1}', 0, 1, 'expected an array of objects at line 1, column 2 (byte 1)'],
    ['no JSON', 'hello', 0, 1, 'expected a value at line 1, column 1 (byte 0)'],
    ['an end after a comma', '[{}, ]', 1, 1, 'expected a value at line 1, column 6 (byte 5)'],
    ['a missing comma', '[{}\n {}]', 1, 2, 'expected a comma or ] at line 2, column 2 (byte 5)'],
    ['text after the array', '[{}]\n\nx', 1, 3, 'expected the end at line 3, column 1 (byte 6)'],
    ['a second array', '[{}][{}]', 1, 1, 'expected the end at line 1, column 5 (byte 4)'],
    [
      'no closing bracket',
      '[{},\n{}',
      2,
      2,
      'the dump ends too early: expected a comma or ] at line 2, column 3 (byte 7)',
    ],
    [
      'a cut in a string',
      '[{},\n{"a":"x',
      1,
      2,
      'the dump ends too early: a value is cut off at line 2, column 8 (byte 12)',
    ],
    [
      'wrong brackets',
      '[{},\n{"a":[}]',
      1,
      2,
      'a bracket of the other kind is open at line 2, column 7 (byte 11)',
    ],
    ['a bad literal', '[{},\n{"a":\n  tru}]', 1, 3, 'invalid JSON at line 3, column 6 (byte 16)'],
    ['a bad literal element', '[{}, nul]', 1, 1, 'invalid JSON at line 1, column 6 (byte 5)'],
    ['a missing colon', '[{},{"a" 1}]', 1, 1, 'invalid JSON at line 1, column 10 (byte 9)'],
    ['a comma too many', '[{},{"a":1,}]', 1, 1, 'invalid JSON at line 1, column 12 (byte 11)'],
    ['a bad escape', '[{},{"a":"\\x"}]', 1, 1, 'invalid JSON at line 1, column 12 (byte 11)'],
    ['a raw tab', '[{},{"a":"\t"}]', 1, 1, 'invalid JSON at line 1, column 11 (byte 10)'],
    ['single quotes', "[{},{'a':1}]", 1, 1, 'invalid JSON at line 1, column 6 (byte 5)'],
    ['UTF-16', Buffer.from('\uFEFF[{}]', 'utf16le'), 0, 1, 'the dump is UTF-16: convert it to UTF-8'],
  ])('%s', async (_, content, rows, line, message) => {
    const outcome = await read(content);

    expect(outcome.broken).toEqual({ line, message });
    expect(outcome.rows).toHaveLength(rows);
  });

  test('the message never quotes the dump', async () => {
    const outcome = await read('[{"password": "hunter2" "b"}]');

    expect(outcome.broken?.message).toMatch(/^invalid JSON at line 1, column/);
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});

describe('wherever the input is cut', () => {
  const content = Buffer.from(
    '\uFEFF[ {"a":"ö\\"\\\\","b":[1,{"c":"]"}]},\n17,"x\\"y",\r\n[2], {"€":-1.5e3 } ,\n{}\n]\n',
  );
  const whole = pushAll(reader(), content, content.length);

  test('chunks of any size give the same rows', () => {
    expect(whole.rows).toHaveLength(6);
    expect(whole.broken).toBeUndefined();
    for (let size = 1; size < content.length; size++) {
      expect(pushAll(reader(), content, size), `chunks of ${size}`).toEqual(whole);
    }
  });

  test('a truncated input gives the rows before the cut, then breaks', () => {
    const last = content.lastIndexOf(']');
    for (let length = 3; length <= last; length++) {
      const { rows, broken } = pushAll(reader(), content.subarray(0, length), 5);
      expect(rows, `${length} bytes`).toEqual(whole.rows.slice(0, rows.length));
      expect(whole.rows.filter(({ end }) => end < length).length).toBeLessThanOrEqual(rows.length);
      expect(broken?.message).toMatch(/too early/);
    }
  });

  test('text of JSON.stringify is read back unchanged', () => {
    const elements = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
    fc.assert(
      fc.property(
        elements,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 3 }),
        (list, size, indent) => {
          const content = JSON.stringify(list, null, indent);
          const outcome = pushAll(reader(), content, size);
          expect(outcome.broken).toBeUndefined();
          const rows = outcome.rows.map((row) => ('fields' in row ? row.fields : undefined));
          expect(JSON.stringify(rows)).toBe(JSON.stringify(JSON.parse(content)));
        },
      ),
    );
  });

  test('any text gives rows or a break, and agrees with JSON.parse', () => {
    const text = fc.string({ unit: fc.constantFrom(...'[]{}",:\\ \n1-tn', 'true', '{}', '"a":') });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (inner, size) => {
        const content = `[${inner}]`;
        const outcome = pushAll(reader(), content, size);
        expect(outcome).toEqual(pushAll(reader(), content, content.length));
        expect(outcome.broken === undefined).toBe(isJson(content));
      }),
      { numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
