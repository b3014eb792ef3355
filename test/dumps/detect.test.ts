import { expect, test } from 'vitest';
import { detectFormat, dumpFormats } from '../../src/dumps/index.ts';

const detect = (content: string | Uint8Array, whole = true) => detectFormat(Buffer.from(content), whole)?.id;
const long = 'x'.repeat(70_000);

test.each([
  ['csv', 'username,email,password\nalice,a@x.org,p\n'],
  ['csv', '\uFEFF"username";"password"\r\n'],
  ['csv', 'username\nalice\n'],
  ['json', '[{"username":"alice"}]'],
  ['json', '\uFEFF\n [\n]'],
  ['ndjson', '{"username":"alice","password":"p"}\n{"username":"bob","password":"p"}\n'],
  ['ndjson', '{"a":"b"}\n\n{"c":"d"}'],
  ['ndjson', '{"username":"alice","password":"p"}\n'],
  ['ndjson', '{"email":"a@x.org","password_hash":"p","x":1,"y":2}'],
  ['dict', '{"alice":"secret","bob":"hunter2"}'],
  ['dict', '{\n  "alice": "secret",\n  "bob": "hunter2"\n}\n'],
  ['dict', '{"alice":{"password":"p"},"bob":{"password":"q"}}'],
  ['dict', '{"alice":"secret","bob":null,"c":"d","e":"f","g":"h"}'],
  ['dict', '{}'],
  [undefined, '{\n "username": "alice",\n "password": "p"\n}\n'],
  [undefined, '{"count":1,"data":[{"username":"alice"}]}'],
  [undefined, '{"data":{"total":1}}'],
  [undefined, ''],
  [undefined, '\n\n'],
  [undefined, '\0\0\0,\0'],
  [undefined, 'PK\x03\x04'],
])('%s: %j', (id, content) => {
  expect(detect(content)).toBe(id);
});

test('an input that is longer than its head is recognised by its head', () => {
  const names = Array.from({ length: 9000 }, (_, index) => `"user${index}":"x"`).join(',');

  expect(detect(`{${names}}`, false)).toBe('dict');
  expect(detect(`{"username":"a","password":"${long}`, false)).toBe('ndjson');
  expect(detect(`[{"username":"${long}`, false)).toBe('json');
  expect(detect(`username,password\na,"${long}`, false)).toBe('csv');
});

test('every format has an id and a title of its own', () => {
  expect(new Set(dumpFormats.map(({ id }) => id)).size).toBe(dumpFormats.length);
  expect(new Set(dumpFormats.map(({ title }) => title)).size).toBe(dumpFormats.length);
});
