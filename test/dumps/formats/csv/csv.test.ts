import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvReader, csv } from '../../../../src/dumps/formats/csv/csv.ts';
import { fieldsIn, problemsIn, pushAll, readAll, sourceOf } from '../../reading.ts';

const read = (content: string | Uint8Array) => readAll(csv, sourceOf(content));
const alice = { username: 'alice', email: 'a@x.org', password: 'Secret-1' };
const header = 'username,email,password\n';

describe('what is a record', () => {
  test.each([
    ['LF', `${header}alice,a@x.org,Secret-1\n`],
    ['no line end at the end', `${header}alice,a@x.org,Secret-1`],
    ['CRLF', `${header}alice,a@x.org,Secret-1\n`.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${header}alice,a@x.org,Secret-1\n`],
    ['a byte order mark before a quote', `\uFEFF"username","email","password"\nalice,a@x.org,Secret-1\n`],
    ['quotes', `${header}"alice","a@x.org","Secret-1"\r\n`],
    ['semicolons', 'username;email;password\nalice;a@x.org;Secret-1\n'],
    ['tabs', 'username\temail\tpassword\n"alice"\ta@x.org\tSecret-1\n'],
    ['blank lines', `\n\n${header}\r\nalice,a@x.org,Secret-1\n\n\n`],
    ['spaces in the header', 'username , email, password\nalice,a@x.org,Secret-1\n'],
  ])('%s', async (_, content) => {
    const outcome = await read(content);

    expect(outcome.broken).toBeUndefined();
    expect(fieldsIn(outcome)).toEqual([alice]);
    expect(problemsIn(outcome)).toEqual([]);
  });

  test('values are not trimmed, unquoted nor cast', async () => {
    const outcome = await read('a,b,c\n 1 ,"x""y",007\n"","\r\n", \n');

    expect(fieldsIn(outcome)).toEqual([
      { a: ' 1 ', b: 'x"y', c: '007' },
      { a: '', b: '\r\n', c: ' ' },
    ]);
  });

  test('line and end are those of the file, line ends inside quotes included', async () => {
    const content = '\uFEFFname,note\r\n"ö","1\r\n2\n3"\r\nbob,x\r\n\r\ncarol,y';
    const outcome = await read(content);
    const bytes = Buffer.from(content);

    expect(outcome.rows.map(({ line }) => line)).toEqual([2, 5, 7]);
    expect(outcome.rows.map(({ end }) => bytes.subarray(0, end).toString().slice(-3))).toEqual([
      '"\r\n',
      'x\r\n',
      'l,y',
    ]);
    expect(outcome.rows.at(-1)?.end).toBe(bytes.length);
  });

  test('names of the header may be those of object properties', async () => {
    const outcome = await read('__proto__,constructor,toString\na,b,c\n');
    const row = outcome.rows[0];

    expect(row && 'fields' in row && Object.getPrototypeOf(row.fields)).toBeNull();
    expect(row && 'fields' in row && Object.entries(row.fields)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
    ]);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test('a guarded file, marked by its first column, is read back unchanged', async () => {
    const outcome = await read("authctl_id,note\n1,'=cmd\n2,''=x\n3,'plain\n4,''quote\n5,=cmd\n");

    expect(fieldsIn(outcome).map(({ note }) => note)).toEqual(['=cmd', "'=x", "'plain", "'quote", '=cmd']);
    expect(fieldsIn(await read("id,note\n1,'=cmd\n"))).toEqual([{ id: '1', note: "'=cmd" }]);
  });
});

describe('bad rows cost only themselves', () => {
  test.each([
    ['too few fields', 'bob,b@x.org', '2 malformed'],
    ['too many fields', 'bob,b@x.org,p,q', '2 malformed'],
    ['too few quoted fields', '"bob","b@x.org"', '2 malformed'],
    ['a quote in an unquoted field', 'bob,b"@x.org,p', '2 malformed'],
    ['text after a closing quote', '"bob"x,b@x.org,p', '2 malformed'],
    ['an opening quote after a misplaced one', 'bo"b,"b@x.org,p', '2 malformed'],
    ['a bare CR after a closing quote', '"bob"\r,b@x.org,p', '2 malformed'],
    ['invalid UTF-8', Buffer.from('bob,b@x.org,p\xff', 'latin1'), '2 not-text'],
    ['Latin-1', Buffer.from('bob,b@x.org,pass\xe9', 'latin1'), '2 not-text'],
    ['invalid UTF-8 in quotes', Buffer.from('bob,"b@x.org\n\xc3","p"', 'latin1'), '2 not-text'],
    ['a UTF-8 surrogate', Buffer.from('bob,\xed\xa0\x80,p', 'latin1'), '2 not-text'],
    ['NUL', 'bob,b@x.org,p\0', '2 not-text'],
  ])('%s', async (_, record, problem) => {
    const end = '\nalice,a@x.org,Secret-1\n';
    const outcome = await read(Buffer.concat([header, record, end].map((part) => Buffer.from(part))));

    expect(outcome.broken).toBeUndefined();
    expect(problemsIn(outcome)).toEqual([problem]);
    expect(fieldsIn(outcome)).toEqual([alice]);
  });

  test('a record over 16 MiB is left out without holding it', async () => {
    const huge = Buffer.alloc(17 * 1024 * 1024, 'x');
    const content = [header, 'bob,"', huge, '\n",p\nalice,a@x.org,Secret-1\n'].map((part) =>
      Buffer.from(part),
    );
    const outcome = await read(Buffer.concat(content));

    expect(problemsIn(outcome)).toEqual(['2 too-large']);
    expect(outcome.rows[1]?.line).toBe(4);
    expect(fieldsIn(outcome)).toEqual([alice]);
  });

  test('a field of 10 MB is a field', async () => {
    const huge = 'x'.repeat(10_000_000);
    const outcome = await read(`${header}bob,"${huge}",p\ncarol,${huge},p\n`);

    expect(fieldsIn(outcome).map(({ email }) => email === huge)).toEqual([true, true]);
  });

  test('a message never quotes the record', async () => {
    const outcome = await read(`${header}bob,b@x.org,hunter2,hunter2\nbob,b,hunt"er2\n"hunter2"x,b,p\n`);

    expect(outcome.rows).toHaveLength(3);
    expect(JSON.stringify(outcome)).not.toContain('hunt');
  });
});

describe('what breaks a dump', () => {
  test.each([
    ['nothing at all', '', 1, 'the dump is empty: CSV begins with a header'],
    ['only a byte order mark', '\uFEFF', 1, 'the dump is empty: CSV begins with a header'],
    ['half a byte order mark', Buffer.from([0xef, 0xbb]), 1, 'the header is not text: it is not UTF-8'],
    ['duplicate names', 'a,b,a\n1,2,3\n', 1, 'columns 1 and 3 of the header have the same name'],
    [
      'too many columns',
      Array.from({ length: 10_001 }, (_, at) => at).join(','),
      1,
      'the header has more than 10000 columns',
    ],
    ['NUL in the header', 'a,b\0\n', 1, 'the header is not text: it holds a NUL byte'],
    ['UTF-16', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 1, 'the dump is UTF-16: convert it to UTF-8'],
    ['bare CR', 'a,b\r1,2\r', 1, 'lines end in a bare CR: convert them to LF or CRLF'],
    ['a misquoted header', 'a,"b"c\n1,2\n', 1, 'the header is misquoted'],
  ])('%s', async (_, content, line, message) => {
    expect(await read(content)).toEqual({ rows: [], broken: { line, message } });
  });

  test('a quote that is never closed, after the rows before it', async () => {
    const outcome = await read(`${header}alice,a@x.org,Secret-1\nbob,"b@x.org,p\ncarol,c,d\n`);

    expect(fieldsIn(outcome)).toEqual([alice]);
    expect(outcome.broken).toMatchObject({ line: 3 });
  });

  test('only a header is a dump without users', async () => {
    expect(await read(header)).toEqual({ rows: [], broken: undefined });
  });
});

describe('wherever the input is cut', () => {
  const content = Buffer.concat([
    Buffer.from('\uFEFFname,"no\nte"\r\n"ö","1\r\n""2"""\r\nbob,x\r\n\r\nb"ad,"x"\n"worse"r,y\n'),
    Buffer.from('z,\xff\r\nshort\n"quoted",€\n', 'latin1'),
    Buffer.from('last,"€"'),
  ]);
  const whole = pushAll(new CsvReader(parse), content, content.length);

  test('chunks of any size give the same rows', () => {
    expect(whole.rows).toHaveLength(8);
    expect(problemsIn(whole)).toEqual([
      '7 malformed',
      '8 malformed',
      '9 not-text',
      '10 malformed',
      '11 not-text',
    ]);
    for (let size = 1; size < content.length; size++) {
      expect(pushAll(new CsvReader(parse), content, size), `chunks of ${size}`).toEqual(whole);
    }
  });

  test('a truncated input gives the rows that end before the cut, and no others but the last', () => {
    for (let length = 0; length < content.length; length++) {
      const { rows } = pushAll(new CsvReader(parse), content.subarray(0, length), 7);
      const complete = whole.rows.filter(({ end }) => end <= length);
      expect(rows.slice(0, complete.length), `${length} bytes`).toEqual(complete);
      expect(rows.length - complete.length).toBeLessThanOrEqual(1);
      expect(rows.every(({ end }) => end <= length)).toBe(true);
    }
  });

  test('anything that csv-stringify writes comes back', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'ö', '€', '😀', '"', ',', ';', '\n', '\r', '\t', ' ', "'", '='),
    });
    const records = fc.array(fc.tuple(text, text, text), { minLength: 1 });
    fc.assert(
      fc.property(records, fc.boolean(), fc.integer({ min: 1, max: 50 }), (rows, quoted, size) => {
        const content = stringify([['a', 'b', 'c'], ...rows], { quoted, quoted_match: /\r/ });
        const outcome = pushAll(new CsvReader(parse), content, size);
        expect(fieldsIn(outcome)).toEqual(rows.map(([a, b, c]) => ({ a, b, c })));
        expect(outcome.rows.at(-1)?.end).toBe(Buffer.byteLength(content));
      }),
    );
  });

  test('any bytes give rows or a break', () => {
    const bytes = fc.array(fc.constantFrom(0, 10, 13, 34, 44, 59, 65, 66, 0xc3, 0xbc, 0xff), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 20 }), (tail, size) => {
        const content = Buffer.concat([Buffer.from('a,b\n'), Buffer.from(tail)]);
        const outcome = pushAll(new CsvReader(parse), content, size);
        expect(outcome).toEqual(pushAll(new CsvReader(parse), content, content.length));
        const ends = outcome.rows.map(({ end }) => end);
        expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
      }),
    );
  });
});
