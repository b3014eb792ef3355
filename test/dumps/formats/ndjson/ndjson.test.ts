import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndjson, ndjsonReader } from '../../../../src/dumps/formats/ndjson/ndjson.ts';
import { fieldsIn, problemsIn, pushAll, readAll, sourceOf } from '../../reading.ts';

const read = (content: string | Uint8Array) => readAll(ndjson, sourceOf(content));

describe('lines', () => {
  test('are rows; blank ones are skipped', async () => {
    const outcome = await read('\uFEFF{"a":1}\r\n\r\n  \n {"a":"ö"} \n{"a":2}');

    expect(fieldsIn(outcome)).toEqual([{ a: 1 }, { a: 'ö' }, { a: 2 }]);
    expect(outcome.rows.map(({ line, end }) => [line, end])).toEqual([
      [1, 12],
      [4, 30],
      [5, 37],
    ]);
  });

  test('that are no JSON objects are bad rows', async () => {
    const lines = [
      '{"a":1}',
      '{"a":',
      '[1]',
      '"x"',
      '{"a":"\xff"}',
      '{"a":"\0"}',
      "{'a':1}",
      '{"a":1},',
      '{"a":2}',
    ];
    const outcome = await read(Buffer.from(lines.join('\n'), 'latin1'));

    expect(outcome.broken).toBeUndefined();
    expect(fieldsIn(outcome)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(problemsIn(outcome)).toEqual([
      ...[
        '2 malformed',
        '3 malformed',
        '4 malformed',
        '5 not-text',
        '6 not-text',
        '7 malformed',
        '8 malformed',
      ],
    ]);
  });

  test('over 16 MiB are left out', async () => {
    const huge = Buffer.alloc(17 * 1024 * 1024, 'x');
    const outcome = await read(Buffer.concat([Buffer.from('{"a":"'), huge, Buffer.from('"}\n{"a":1}\n')]));

    expect(problemsIn(outcome)).toEqual(['1 too-large']);
    expect(fieldsIn(outcome)).toEqual([{ a: 1 }]);
    expect(outcome.rows[0]?.end).toBe(huge.length + 9);
  });

  test('may have keys that are those of object properties', async () => {
    const row = (await read('{"__proto__":{"admin":true},"toString":1}')).rows[0];
    const fields = row && 'fields' in row ? row.fields : {};

    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(Object.keys(fields)).toEqual(['__proto__', 'toString']);
    expect(fields.admin).toBeUndefined();
  });

  test('the message never quotes the line', async () => {
    expect(JSON.stringify(await read('{"password":"hunter2",}'))).not.toContain('hunter2');
  });

  test('an empty dump has no users', async () => {
    expect(await read('')).toEqual({ rows: [], broken: undefined });
  });
});

describe('wherever the input is cut', () => {
  const content = Buffer.concat([
    Buffer.from('\uFEFF{"a":"ö"}\r\n\n{bad\n{"b":'),
    Buffer.from('"\xff"}\n', 'latin1'),
    Buffer.from('{"c":"€"}'),
  ]);
  const whole = pushAll(ndjsonReader(), content, content.length);

  test('chunks of any size give the same rows', () => {
    expect(whole.rows).toHaveLength(4);
    for (let size = 1; size < content.length; size++) {
      expect(pushAll(ndjsonReader(), content, size), `chunks of ${size}`).toEqual(whole);
    }
  });

  test('a truncated input gives the rows before the cut', () => {
    for (let length = 0; length < content.length; length++) {
      const { rows, broken } = pushAll(ndjsonReader(), content.subarray(0, length), 4);
      const complete = whole.rows.filter(({ end }) => end <= length);
      expect(broken).toBeUndefined();
      expect(rows.slice(0, complete.length), `${length} bytes`).toEqual(complete);
    }
  });

  test('text of JSON.stringify is read back unchanged', () => {
    const lines = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()));
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 100 }), (list, size) => {
        const content = list.map((line) => `${JSON.stringify(line)}\n`).join('');
        const outcome = pushAll(ndjsonReader(), content, size);
        const rows = outcome.rows.map((row) => ('fields' in row ? row.fields : undefined));
        expect(JSON.stringify(rows)).toBe(JSON.stringify(JSON.parse(JSON.stringify(list))));
      }),
    );
  });
});
