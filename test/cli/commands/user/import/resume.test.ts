import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goodPassword, type Scene, type ShownUser, scene } from '../../../scene.ts';
import { expectSums, readReport } from './importing.ts';

const rowCount = 40;

/** Every fifth row is bad; passwords are good. */
function rows(): string[] {
  return Array.from({ length: rowCount }, (_, index) =>
    index % 5 === 4
      ? `bad name ${index},${goodPassword}`
      : `user${String(index).padStart(3, '0')},${goodPassword}`,
  );
}

const csv = (lines: readonly string[]) => `username,password\n${lines.join('\n')}\n`;
/** A quote that never ends breaks a dump of CSV at its end. */
const brokenAfter = (count: number) =>
  `${csv(rows().slice(0, count))}"broken,${goodPassword}\nmore,${goodPassword}\n`;
const line = (dump: string, cli: Scene, more = '') =>
  `user import ${dump} --batch 4 --rejects ${cli.path('rejects.csv')} ${more}`;

async function uninterrupted(): Promise<{ stdout: string; rejects: string; names: string[] }> {
  const cli = await scene();
  cli.secret(goodPassword);
  const { stdout, exitCode } = await cli.run(`${line(cli.file('dump.csv', csv(rows())), cli)} --json`);
  expect(exitCode).toBe(10);
  const users = await cli.json<ShownUser[]>('user list');
  return {
    stdout,
    rejects: readFileSync(cli.path('rejects.csv'), 'utf8'),
    names: users.map((user) => user.username),
  };
}

test('a dump that breaks is told with its line and counts; what was committed stays, and resuming goes on', async () => {
  const whole = await uninterrupted();
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', brokenAfter(22));

  const error = await cli.fails(line(dump, cli));

  expect(error).toMatchObject({ exitCode: 4, code: 'dump-broken', line: 24 });
  expect(error.message).toContain('line 24');
  expect(error.message).toContain('18 created, 0 updated, 0 skipped, 4 rejected');
  expect(error.report).toMatchObject({ rows: 22, created: 18, rejected: 4 });
  expect(error.hint).toContain('--resume');
  const before = await cli.json<ShownUser[]>('user list');
  expect(before).toHaveLength(18);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });

  cli.file('dump.csv', csv(rows()));
  const resumed = await cli.run(`${line(dump, cli, '--resume')} --json`);
  expect(resumed.exitCode).toBe(10);
  expect(readReport(resumed.stdout)).toEqual(readReport(whole.stdout));
  expectSums(readReport(resumed.stdout), 10);
  expect(readFileSync(cli.path('rejects.csv'), 'utf8')).toBe(whole.rejects);
  const after = await cli.json<ShownUser[]>('user list');
  expect(after.map((user) => user.username)).toEqual(whole.names);
  // No password was hashed again, and no user added again.
  expect(after.filter((user) => before.some((one) => one.id === user.id))).toEqual(before);
  const added = await cli.events('--action user.add');
  expect(added).toHaveLength(32);
  expect(new Set(added.map((event) => event.target)).size).toBe(32);
  expect(await cli.events('--action user.import')).toHaveLength(1);
  expect((await cli.login('user023')).exitCode).toBe(0);
});

test('rejects that were written and not committed are cut off', async () => {
  const whole = await uninterrupted();
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', brokenAfter(22));
  await cli.fails(line(dump, cli));
  // What a crash leaves that comes after writing the file and before committing.
  const path = cli.path('rejects.csv');
  const { appendFileSync } = await import('node:fs');
  appendFileSync(path, '25,,invalid-username,half a li');
  cli.file('dump.csv', csv(rows()));
  expect((await cli.run(line(dump, cli, '--resume'))).exitCode).toBe(10);
  expect(readFileSync(path, 'utf8')).toBe(whole.rejects);
});

test('resuming what is done prints the same report and does nothing', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', csv(rows()));
  const first = await cli.run(`${line(dump, cli)} --json`);
  const before = cli.contents();
  const again = await cli.run(`${line(dump, cli, '--resume')} --json`);
  expect(again.exitCode).toBe(10);
  expect(readReport(again.stdout)).toEqual(readReport(first.stdout));
  expect(cli.contents()).toBe(before);
});

test('resuming where nothing was begun begins, and says so', async () => {
  const whole = await uninterrupted();
  const cli = await scene();
  cli.secret(goodPassword);
  const seen = await cli.run(`${line(cli.file('dump.csv', csv(rows())), cli, '--resume')} --json`);
  expect(JSON.parse(seen.stderr).note).toContain('it begins at the first record');
  expect(readReport(seen.stdout)).toEqual(readReport(whole.stdout));
});

test.each([
  ['a changed row', (text: string) => text.replace('user001', 'user999')],
  ['a changed password', (text: string) => text.replace(goodPassword, 'Correct-horse-9')],
  ['a row less', (text: string) => text.replace(/user001.*\n/, '')],
  ['another line ending', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a dump that is shorter', () => csv(rows().slice(0, 10))],
  ['no record at all', () => csv([]).replace(/\n\n$/, '\n')],
])('a dump that does not begin the same is not resumed: %s', async (_what, change) => {
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', brokenAfter(22));
  await cli.fails(line(dump, cli));
  const [before, rejects] = [cli.contents(), readFileSync(cli.path('rejects.csv'), 'utf8')];
  cli.file('dump.csv', change(csv(rows())));
  expect(await cli.fails(line(dump, cli, '--resume'))).toMatchObject({ exitCode: 6, code: 'input-changed' });
  expect(cli.contents()).toBe(before);
  expect(readFileSync(cli.path('rejects.csv'), 'utf8')).toBe(rejects);
});

test.each([
  '--on-conflict skip',
  '--weak-passwords accept',
  '--allow-no-password',
  '--plaintext',
  '--format csv',
  '--map username=username',
])('an import is resumed with the options that it was begun with, not with %s', async (options) => {
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', brokenAfter(22));
  await cli.fails(line(dump, cli));
  const before = cli.contents();
  cli.file('dump.csv', csv(rows()));
  expect(await cli.fails(line(dump, cli, `--resume ${options}`))).toMatchObject({
    exitCode: 6,
    code: 'input-changed',
  });
  expect(cli.contents()).toBe(before);
});

test('the file of rejects must be the one of the import', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', brokenAfter(22));
  await cli.fails(line(dump, cli));
  cli.file('dump.csv', csv(rows()));
  const notes = 'my own notes\n'.repeat(100);
  const mine = cli.file('mine.txt', notes);
  const short = cli.file('short.csv', 'line,username,code,message\n');
  for (const path of [mine, short]) {
    expect(await cli.fails(`user import ${dump} --resume --rejects ${path}`)).toMatchObject({ exitCode: 6 });
  }
  expect(readFileSync(mine, 'utf8')).toBe(notes);
});

test('a dump from standard input is resumed too', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const first = await cli.run('user import - --batch 4 --json', { stdin: brokenAfter(22) });
  expect(first.exitCode).toBe(4);
  const seen = await cli.run('user import - --batch 4 --resume --json', { stdin: csv(rows()) });
  expect(readReport(seen.stdout)).toMatchObject({ rows: 40, created: 32, rejected: 8 });
});

test('after an import that was interrupted a new one says so, and begins anew', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', brokenAfter(22));
  await cli.fails(`user import ${dump} --batch 4`);
  cli.file('dump.csv', csv(rows()));
  const seen = await cli.run(`user import ${dump} --on-conflict skip --json`);
  expect(JSON.parse(seen.stderr).note).toContain('was interrupted after 22 records');
  expect(readReport(seen.stdout)).toMatchObject({ rows: 40, created: 14, skipped: 18, rejected: 8 });
});

test('an interruption leaves whole batches and exit code 130', async () => {
  const whole = await uninterrupted();
  const cli = await scene();
  cli.secret(goodPassword);
  const dump = cli.file('dump.csv', csv(rows()));
  const controller = new AbortController();
  const watch = setInterval(() => {
    const count = cli.sql((database) => database.prepare('select count(*) from users').pluck().get());
    if (Number(count) > 0) controller.abort();
  }, 1);
  const stopped = await cli.run(line(dump, cli, '--batch 1'), { signal: controller.signal });
  clearInterval(watch);
  expect(stopped).toMatchObject({ exitCode: 130, stdout: '' });
  expect(stopped.stderr).toMatch(
    /^error: interrupted after \d+ records\nhint: repeat the command with --resume/,
  );
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
  const resumed = await cli.run(`${line(dump, cli, '--resume')} --json`);
  expect(readReport(resumed.stdout)).toEqual(readReport(whole.stdout));
  expect(readFileSync(cli.path('rejects.csv'), 'utf8')).toBe(whole.rejects);
  expect((await cli.json<ShownUser[]>('user list')).map((user) => user.username)).toEqual(whole.names);
});
