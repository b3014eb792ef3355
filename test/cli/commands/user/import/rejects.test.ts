import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goodPassword, scene } from '../../../scene.ts';
import { readReport } from './importing.ts';

const hash = '5f4dcc3b5aa765d61d8327deb882cf99';

test('rejected rows of CSV are named in CSV, without their passwords', async () => {
  const cli = await scene();
  [goodPassword, hash, 'Wrong-row-1'].forEach(cli.secret);
  const lines = [
    'username,password',
    `anna,${goodPassword}`,
    `bert,${hash}`,
    'carl,',
    `anna,${goodPassword}`,
    `a b,${goodPassword}`,
    `one,two,Wrong-row-1`,
  ];
  const dump = cli.file('dump.csv', `${lines.join('\n')}\n`);
  const rejects = cli.path('rejects.csv');
  const seen = await cli.run(`user import ${dump} --rejects ${rejects} --json`);
  expect(seen.exitCode).toBe(10);
  const text = readFileSync(rejects, 'utf8').split('\n');
  expect(text[0]).toBe('line,username,code,message');
  expect(text.slice(1, -1).map((line) => line.split(',').slice(0, 3))).toEqual([
    ['3', 'bert', 'looks-like-hash'],
    ['4', 'carl', 'no-password'],
    ['5', 'anna', 'duplicate'],
    ['6', '', 'invalid-username'],
    ['7', '', 'malformed'],
  ]);
  expect(text.at(-1)).toBe('');
  expect(statSync(rejects).mode & 0o777).toBe(0o600);
  expect(readReport(seen.stdout).rejected).toBe(5);
});

test('rejected rows of other formats are named in NDJSON', async () => {
  const cli = await scene();
  [goodPassword, hash].forEach(cli.secret);
  for (const [name, text, lines] of [
    [
      'dump.json',
      JSON.stringify(
        [
          { username: 'anna', password: goodPassword },
          { username: 'bert', password: hash },
          { username: 5, password: goodPassword },
        ],
        null,
        1,
      ),
      [6, 10],
    ],
    [
      'dump.ndjson',
      `{"username":"carl","password":"${goodPassword}"}\n{"username":"bert","password":"${hash}"}\n{"username":5,"password":"${goodPassword}"}\n`,
      [2, 3],
    ],
  ] as const) {
    const rejects = cli.path(`${name}.rejects`);
    const seen = await cli.run(`user import ${cli.file(name, text)} --rejects ${rejects} --json`);
    expect(seen.exitCode).toBe(10);
    const rows = readFileSync(rejects, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toEqual([
      { line: lines[0], username: 'bert', code: 'looks-like-hash', message: expect.any(String) },
      { line: lines[1], username: null, code: 'not-text', message: 'the username is not text' },
    ]);
  }
});

test('records of JSON that share a line are named by their position and their username', async () => {
  const cli = await scene();
  [goodPassword, hash].forEach(cli.secret);
  const records = [
    { username: 'anna', email: 'nowhere', password: goodPassword },
    { username: 'bert', password: hash },
    { username: 'carl', password: goodPassword },
    { username: 5, password: goodPassword },
    'dora',
    { username: 'emil', password: goodPassword, created_at: 'soon' },
    { username: 'carl', password: goodPassword },
  ];
  const expected = [
    { line: 1, position: 1, username: 'anna', code: 'invalid-email' },
    { line: 1, position: 2, username: 'bert', code: 'looks-like-hash' },
    { line: 1, position: 4, username: null, code: 'not-text' },
    { line: 1, position: 5, username: null, code: 'malformed' },
    { line: 1, position: 6, username: 'emil', code: 'invalid-time' },
    { line: 1, position: 7, username: 'carl', code: 'duplicate' },
  ].map((reject) => ({ ...reject, message: expect.any(String) }));
  const dump = cli.file('dump.json', JSON.stringify(records));
  const rejects = cli.path('rejects');
  const rehearsal = await cli.run(`user import ${dump} --dry-run --rows --json`);
  const table = await cli.run(`user import ${dump} --dry-run --rows`);
  await cli.run(`user import ${dump} --rejects ${rejects} --json`);

  const named = readFileSync(rejects, 'utf8').trimEnd().split('\n');
  expect(named.map((line) => JSON.parse(line))).toEqual(expected);
  const rows: { position: number; outcome: string }[] = JSON.parse(rehearsal.stdout);
  expect(rows.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(rows.filter(({ outcome }) => outcome === 'rejected')).toMatchObject(expected);
  expect(table.stdout).toMatch(/^1, no. 6 +emil +rejected/m);
  const [event] = await cli.events('--action user.add');
  expect(event?.detail).toMatchObject({ line: 1, position: 3 });
});

test('records that begin on lines of their own need no position', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const large = 'x'.repeat(200_000);
  const record = (username: string, more: object = {}) => JSON.stringify({ username, password: '', ...more });
  for (const [name, text, positions] of [
    [
      'lines.json',
      `[\n${record('anna')},\n${record('bert')},\n${record('carl')}]`,
      [undefined, undefined, undefined],
    ],
    ['two.json', `[\n${record('anna')},\n${record('bert')},${record('carl')}]`, [undefined, undefined, 3]],
    ['one.json', `[${record('anna')}]`, [1]],
    // Each of these is in a page of its own.
    ['large.json', `[${['anna', 'bert', 'carl'].map((one) => record(one, { large }))}]`, [1, 2, 3]],
  ] as const) {
    const rejects = cli.path(`${name}.rejects`);
    await cli.run(`user import ${cli.file(name, text)} --rejects ${rejects} --json`);
    const named = readFileSync(rejects, 'utf8').trimEnd().split('\n');
    expect(named.map((line) => JSON.parse(line).position)).toEqual(positions);
  }
});

test('an import that rejects nothing leaves an empty file of rejects', async () => {
  const cli = await scene();
  const rejects = cli.path('rejects');
  const dump = cli.file('dump.json', JSON.stringify({ anna: cli.secret(goodPassword) }));
  expect((await cli.run(`user import ${dump} --rejects ${rejects}`)).exitCode).toBe(0);
  expect(readFileSync(rejects, 'utf8')).toBe('');
});

test('a cell that a spreadsheet would compute is kept from it', async () => {
  const cli = await scene();
  await cli.json('policy set usernameCharacters==_@+-');
  const dump = cli.file('dump.csv', 'username,password\n=cmd,\n@sum,\n+1a,\n');
  const rejects = cli.path('rejects.csv');
  expect((await cli.run(`user import ${dump} --rejects ${rejects} --json`)).exitCode).toBe(10);
  const rows = readFileSync(rejects, 'utf8').split('\n').slice(1, -1);
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(row.split(',')[1]).toMatch(/^'/);
});

test('a file that is there is not overwritten, and a link not followed', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password\nanna,${cli.secret(goodPassword)}\nbert,\n`);
  const mine = cli.file('mine.csv', 'my own notes\n');
  expect(await cli.fails(`user import ${dump} --rejects ${mine}`)).toMatchObject({
    exitCode: 6,
    code: 'file-exists',
  });
  for (const [link, target] of [
    ['link', 'mine.csv'],
    ['dangling', 'nothing.csv'],
  ] as const) {
    symlinkSync(cli.path(target), cli.path(link));
    const error = await cli.fails(`user import ${dump} --rejects ${cli.path(link)}`);
    expect([6, 8]).toContain(error.exitCode);
  }
  expect(existsSync(cli.path('nothing.csv'))).toBe(false);
  expect(await cli.fails(`user import ${dump} --rejects ${cli.path('no/such/rejects')}`)).toMatchObject({
    exitCode: 8,
    code: 'file-unusable',
  });
  expect(readFileSync(mine, 'utf8')).toBe('my own notes\n');
  expect(await cli.json('user list')).toEqual([]);
});

test.each(['my own notes, which are longer than any header\n', 'x', ''])(
  'resuming does not overwrite a file that is none of an import’s: %j',
  async (notes) => {
    const cli = await scene();
    const dump = cli.file('dump.csv', `username,password\nanna,${cli.secret(goodPassword)}\nbert,\n`);
    const mine = cli.path('mine.csv');
    writeFileSync(mine, notes, { mode: 0o600 });
    const seen = await cli.run(`user import ${dump} --rejects ${mine} --resume --json`);
    if (notes === '') {
      // An import that was stopped before its first row leaves such a file.
      expect(seen.exitCode).toBe(10);
      expect(readFileSync(mine, 'utf8')).toMatch(/^line,username,code,message\n3,bert,no-password,/);
    } else {
      expect(seen.exitCode).toBe(6);
      expect(readFileSync(mine, 'utf8')).toBe(notes);
      expect(await cli.json('user list')).toEqual([]);
    }
  },
);

test('a rehearsal makes no file', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password\nbert,\n`);
  expect((await cli.run(`user import ${dump} --dry-run --rejects ${cli.path('rejects')}`)).exitCode).toBe(10);
  expect(existsSync(cli.path('rejects'))).toBe(false);
});

test('what is no file cannot be gone on with', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password\nanna,${goodPassword}\n`);
  execFileSync('mkfifo', [cli.path('pipe')]);
  for (const rejects of ['/dev/null', cli.path('pipe')]) {
    expect(await cli.fails(`user import ${dump} --rejects ${rejects} --resume`)).toMatchObject({
      exitCode: 8,
      code: 'file-unusable',
      message: `"${rejects}" is not a file, which an import could go on with`,
    });
  }
  expect(await cli.json('user list')).toEqual([]);
});
