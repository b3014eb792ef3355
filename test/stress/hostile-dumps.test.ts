import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Seen, testCli } from '../cli.ts';
import { expectHarmless, hasScript, hostileTexts, onTerminal } from './hostile.ts';
import { migratedProgram, type Program, randomNumbers } from './program.ts';

const minutes = 60_000;
const megabyte = 1024 * 1024;
const password = 'Correct-horse-1';

const csvField = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csvRow = (...fields: string[]) => `${fields.map(csvField).join(',')}\n`;
const people = hostileTexts.map((text, index) => ({
  username: text,
  email: `${text}@x`,
  first_name: text,
  password,
  index,
}));
const nul = Buffer.from('username,password\nnul\0name,Correct-horse-1\nzoe,Correct\0horse1\n');
const invalid = (text: string) =>
  Buffer.concat([Buffer.from('username,password\n'), Buffer.from(text, 'latin1')]);
const surrogates = String.raw`[{"username":"\ud800","password":"Correct-horse-1"},{"username":"zoe","password":"Word\udc00-1\ud83d"}]`;
const protoKeys =
  '{"username":"zoe","password":"Correct-horse-1","__proto__":{"email":"x@y.z"},"constructor":1}\n';

/** A deep JSON value as one record, and beside one. */
const deep = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
const deepObject = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

function noise(bytes: number, seed: number): Buffer {
  const random = randomNumbers(seed);
  return Buffer.from(Array.from({ length: bytes }, () => random(256)));
}

const dumps: [string, string | Buffer][] = [
  [
    'hostile texts in every field of a CSV',
    `username,email,first_name,password,index\n${people.map((one) => csvRow(one.username, one.email, one.first_name, one.password, String(one.index))).join('')}`,
  ],
  ['hostile texts in a JSON array', JSON.stringify(people)],
  ['hostile texts in NDJSON', people.map((one) => `${JSON.stringify(one)}\n`).join('')],
  [
    'hostile names in a dictionary',
    `{${hostileTexts.map((text) => `${JSON.stringify(text)}:"${password}"`).join(',')}}`,
  ],
  [
    'hostile columns',
    `username,password,${hostileTexts.map(csvField).join(',')}\nzoe,${password}${',x'.repeat(hostileTexts.length)}\n`,
  ],
  [
    'hostile passwords',
    people
      .map(({ username }, index) => `${JSON.stringify({ username: `person${index}`, password: username })}\n`)
      .join(''),
  ],
  ['a 10 MB name', `username,password\n${'a'.repeat(10 * megabyte)},${password}\nzoe,${password}\n`],
  ['a 10 MB password', `username,password\nmax,${'a'.repeat(10 * megabyte)}\nzoe,${password}\n`],
  [
    'a 10 MB field in NDJSON',
    `{"username":"max","password":"${password}","note":"${'n'.repeat(10 * megabyte)}"}\n{"username":"zoe","password":"${password}"}\n`,
  ],
  [
    'a 10 MB field in JSON',
    `[{"username":"max","password":"${password}","note":"${'n'.repeat(10 * megabyte)}"},{"username":"zoe","password":"${password}"}]`,
  ],
  ['a quote that never closes', `username,password\nzoe,${password}\nmax,"${'q'.repeat(2 * megabyte)}`],
  ['a header of 1 MB in one column', `username,password,${'h'.repeat(megabyte)}\nzoe,${password},x\n`],
  [
    'a header of 1 MB in many columns',
    `username,password,${Array.from({ length: 130_000 }, (_, index) => `c${index}`).join(',')}\nzoe,${password}${',x'.repeat(130_000)}\n`,
  ],
  ['a first line of 10 MB', 'x'.repeat(10 * megabyte)],
  ['columns of the same name', `username,username,password,password\nzoe,max,${password},x\n`],
  ['prototype keys', protoKeys.repeat(3)],
  ['only prototype keys', '[{"__proto__":{"username":"zoe","password":"Correct-horse-1"}}]'],
  [
    'a dictionary of prototype keys',
    `{"__proto__":"${password}","constructor":"${password}","zoe":"${password}"}`,
  ],
  ['lone surrogates', surrogates],
  ['NUL', nul],
  [
    'invalid UTF-8',
    invalid(`caf\xe9,${password}\nzoe,Word\xff\xfe-12\n\xc0\xaf\xed\xa0\x80,${password}\nmax,${password}\n`),
  ],
  [
    'invalid UTF-8 in JSON',
    Buffer.from(
      `[{"username":"caf\xe9","password":"${password}"},{"username":"max","password":"${password}"}]`,
      'latin1',
    ),
  ],
  ['UTF-16', Buffer.from(`\ufeffusername,password\nzoe,${password}\n`, 'utf16le')],
  ['nested arrays', deep(200_000)],
  ['nested objects', deepObject(200_000)],
  [
    'a record with deep nesting',
    `[{"username":"zoe","password":"${password}","x":${deepObject(100_000)}},{"username":"max","password":"${password}"}]`,
  ],
  [
    'a line with deep nesting',
    `{"username":"zoe","password":"${password}","x":${deep(100_000)}}\n{"username":"max","password":"${password}"}\n`,
  ],
  ['a dictionary with deep nesting', `{"zoe":"${password}","max":${deep(100_000)}}`],
  [
    'values of wrong types',
    '[{"username":1,"password":[]},{"username":{},"password":null},{"username":["a"],"password":true},null,3,"x",[]]',
  ],
  ['numbers of no sense', '[{"username":"zoe","password":1e999,"locked":-0,"email":9007199254740993}]'],
  ['no bytes', ''],
  ['a byte order mark', '\ufeff'],
  ['line ends', '\n\r\n\r\r\n'.repeat(1000)],
  ['commas', ','.repeat(megabyte)],
  ['quotes', '"'.repeat(megabyte)],
  ['brackets that do not match', `${'[{"username":'.repeat(1000)}]]]`],
  ['noise', noise(300_000, 1)],
  ['noise behind a header', Buffer.concat([Buffer.from('username,password\n'), noise(300_000, 2)])],
  ['a compressed file', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), noise(5000, 3)])],
  ['a SQLite header without more', 'SQLite format 3\0'],
];

const codes = [0, 4, 10];

function expectImported(ended: Seen, what: string): void {
  expectHarmless(ended, what);
  expect(codes, `${what}: ${ended.stderr.slice(0, 300)}`).toContain(ended.exitCode);
  expect(`${ended.stdout}${ended.stderr}`.length, what).toBeLessThan(600_000);
}

test.each(dumps)(
  'a dump with %s does no harm',
  async (what, content) => {
    const cli = await testCli();
    const [dump, rejects] = [join(cli.folder, 'dump'), join(cli.folder, 'rejects')];
    writeFileSync(dump, content, { mode: 0o600 });

    const rehearsed = await cli.run(`user import ${dump} --dry-run --rows --output csv`);
    expectImported(rehearsed, `${what}, rehearsed`);
    expectImported(await cli.run(`user import ${dump} --rejects ${rejects}`), what);
    if (existsSync(rejects)) {
      const left = readFileSync(rejects, 'utf8');
      expectHarmless({ exitCode: 0, stdout: left.replaceAll('\r\n', '\n'), stderr: '' }, `${what}, rejects`);
      expect(left).not.toContain(password);
    }
    const again = await cli.run('user import - --json --on-conflict update', { stdin: content });
    expectImported(again, `${what}, updated from standard input`);
    expectHarmless(await cli.run('user list --output csv'), `${what}, listed`);
  },
  minutes,
);

/** The program as a process, and a dump in its folder. */
async function prepared(content: string | Buffer): Promise<{ program: Program; dump: string }> {
  const program = await migratedProgram();
  const dump = join(program.folder, 'dump');
  writeFileSync(dump, content, { mode: 0o600 });
  return { program, dump };
}

test.skipIf(!hasScript)(
  'a terminal gets nothing of it raw (needs script of util-linux)',
  async () => {
    const { program, dump } = await prepared(dumps[0]?.[1] ?? '');
    const rows = await onTerminal(program, ['user', 'import', dump, '--dry-run', '--rows']);
    expect(rows.exitCode).toBe(10);
    expectHarmless(rows, 'rows');
    const report = await onTerminal(program, ['user', 'import', dump, '--json']);
    expect(report.exitCode).toBe(10);
    expectHarmless(report, 'report');
  },
  minutes,
);

test(
  'what stands beside a hostile record comes in',
  async () => {
    const { program, dump } = await prepared(
      invalid(`anna,${password}\ncaf\xe9,${password}\nzoe,Word\xff-12\nmax,${password}\n`),
    );
    expect(await program.run(['user', 'import', dump])).toMatchObject({ exitCode: 10 });
    expect(await program.usernames()).toEqual(['anna', 'max']);
  },
  minutes,
);
