import { expect, test } from 'vitest';
import { auditHash } from '../../../../src/domain/audit-hash.ts';
import { dropGuards, type TestSql } from '../../../databases/database.ts';
import { type Scene, scene } from '../../scene.ts';

interface Verdict {
  ok: boolean;
  events: number;
  head: { seq: number; hash: string };
  checkpointed: boolean;
}

/** Six events: the policy's, five users'. */
async function story(): Promise<Scene> {
  const cli = await scene();
  for (const name of ['anna', 'bert', 'carl', 'dora', 'emil'])
    await cli.json(`user add ${name} --no-password`);
  return cli;
}

/** What somebody does who owns the file: first away with the guard rails. */
function tamper(cli: Scene, work: (database: TestSql) => unknown): void {
  cli.sql((database) => {
    dropGuards(database);
    work(database);
  });
}

test('a log that nobody has touched is whole, and its end unproven', async () => {
  const { run, json } = await story();
  const seen = await run('audit verify --json');
  const verdict: Verdict = JSON.parse(seen.stdout);
  expect(verdict).toEqual({
    ok: true,
    events: 6,
    head: { seq: 6, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    checkpointed: false,
  });
  expect(JSON.parse(seen.stderr).note).toContain('the end of the log is not proven');
  expect((await run('audit verify')).stdout).toBe(
    `6 events, each as it was written; head ${verdict.head.hash}\n`,
  );
  expect(await json('audit verify')).toEqual(verdict);
});

test('a log without events is whole', async () => {
  const { run } = await scene({ migrated: false });
  await run('migrate up');
  expect(JSON.parse((await run('audit verify --json')).stdout)).toMatchObject({
    events: 0,
    head: { seq: 0, hash: '0'.repeat(64) },
  });
});

test('the hashes are those of the design, computed from the rows alone', async () => {
  const { sql, json } = await story();
  const rows = sql((database) =>
    database
      .prepare<{ seq: number; payload: string; hash: string }>('select * from audit_events order by seq')
      .all(),
  );
  let hash = '0'.repeat(64);
  for (const row of rows) {
    hash = auditHash(row.seq, hash, row.payload);
    expect(row.hash).toBe(hash);
  }
  expect((await json<Verdict>('audit verify')).head.hash).toBe(hash);
});

const columns = ['request_id', 'part', 'at', 'actor', 'os_user', 'host', 'action', 'outcome', 'target'];
const damages: [string, (database: TestSql) => unknown, number, RegExp][] = [
  [
    'a payload is changed',
    (db) =>
      db.exec(`update audit_events set payload = replace(payload, '"tester"', '"nobody"') where seq = 3`),
    3,
    /event 3 was changed/,
  ],
  [
    'a payload is no JSON',
    (db) => db.exec(`update audit_events set payload = 'x' where seq = 3`),
    3,
    /event 3 was changed/,
  ],
  [
    'a hash is changed',
    (db) => db.exec(`update audit_events set hash = '${'0'.repeat(64)}' where seq = 3`),
    3,
    /event 3 was changed/,
  ],
  [
    'the newest is deleted',
    (db) => db.exec('delete from audit_events where seq = 6'),
    6,
    /ends at event 5, but its head says 6/,
  ],
  [
    'one in the middle is deleted',
    (db) => db.exec('delete from audit_events where seq = 3'),
    3,
    /event 3 is missing/,
  ],
  [
    'the first is deleted',
    (db) => db.exec('delete from audit_events where seq = 1'),
    1,
    /event 1 is missing/,
  ],
  ['all are deleted', (db) => db.exec('delete from audit_events'), 1, /ends at event 0, but its head says 6/],
  [
    'two are swapped',
    (db) =>
      db.exec(
        'update audit_events set seq = -1 where seq = 3; update audit_events set seq = 3 where seq = 4; update audit_events set seq = 4 where seq = -1',
      ),
    3,
    /event 3 was changed/,
  ],
  [
    'one is deleted and the rest renumbered',
    (db) =>
      db.exec(
        'delete from audit_events where seq = 3; update audit_events set seq = seq - 1 where seq > 3; update audit_head set seq = 5',
      ),
    3,
    /event 3 was changed/,
  ],
  [
    'the head is moved back',
    (db) => db.exec('update audit_head set seq = 5'),
    6,
    /its head is not of event 5/,
  ],
  [
    'the head’s hash is changed',
    (db) => db.exec(`update audit_head set hash = '${'0'.repeat(64)}'`),
    7,
    /its head is not of event 6/,
  ],
  ['the head is gone', (db) => db.exec('delete from audit_head'), 0, /./],
  [
    'an event is forged behind the head',
    (db) =>
      db.exec(
        'insert into audit_events select 7, request_id, part, at, actor, os_user, host, action, outcome, target, payload, hash from audit_events where seq = 6',
      ),
    7,
    /./,
  ],
  [
    'an event is forged before the first',
    (db) =>
      db.exec(
        'insert into audit_events select 0, request_id, part, at, actor, os_user, host, action, outcome, target, payload, hash from audit_events where seq = 6',
      ),
    0,
    /./,
  ],
  ...columns.map((column): (typeof damages)[number] => [
    `the column ${column} is changed`,
    (db) => db.exec(`update audit_events set ${column} = ${column === 'part' ? 9 : `'x'`} where seq = 3`),
    3,
    /the columns of event 3 are not those of its payload/,
  ]),
];
test.each(damages)('it is found out when %s', async (_what, damage, seq, message) => {
  const cli = await story();
  tamper(cli, damage);
  const error = await cli.fails('audit verify');
  expect(error).toMatchObject({ exitCode: 9, code: 'audit-damaged', seq: expect.any(Number) });
  if (message.source !== '.') expect(error).toMatchObject({ seq });
  expect(error.message).toMatch(message);
});

test('triggers refuse to change or delete events', async () => {
  const { sql } = await story();
  sql((database) => {
    expect(() => database.exec(`update audit_events set actor = 'x'`)).toThrow('append-only');
    expect(() => database.exec('delete from audit_events')).toThrow('append-only');
  });
});

test('a change whose event cannot be chained fails', async () => {
  const cli = await story();
  tamper(cli, (database) => database.exec('delete from audit_head'));
  const before = cli.contents();
  expect(await cli.fails('user disable anna')).toMatchObject({ exitCode: 9, code: 'audit-damaged' });
  expect(cli.contents()).toBe(before);
});

test('a checkpoint proves what was there when it was made', async () => {
  const cli = await story();
  const checkpoint = (await cli.run('audit verify --json')).stdout;
  const path = cli.file('checkpoint.json', checkpoint);
  const at = await cli.run(`audit verify --checkpoint ${path} --json`);
  expect(JSON.parse(at.stdout)).toMatchObject({ events: 6, checkpointed: true });
  expect(at.stderr).toBe('');
  await cli.json('user disable anna');
  expect(await cli.json(`audit verify --checkpoint ${path}`)).toMatchObject({
    events: 7,
    checkpointed: true,
  });

  const checked = await cli.run(`db check --checkpoint ${path}`);
  expect(checked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('that of the checkpoint') });
  expect((await cli.run(`db check --quick --checkpoint ${path}`)).exitCode).toBe(2);

  // Cut off and made to fit: only the checkpoint tells.
  tamper(cli, (database) => {
    database.exec('delete from audit_events where seq > 4');
    database.exec('update audit_head set seq = 4, hash = (select hash from audit_events where seq = 4)');
  });
  expect(await cli.json('audit verify')).toMatchObject({ events: 4 });
  expect(await cli.fails(`audit verify --checkpoint ${path}`)).toMatchObject({
    exitCode: 9,
    code: 'audit-damaged',
    seq: 4,
  });
  expect(await cli.run(`db check --checkpoint ${path} --json`)).toMatchObject({
    exitCode: 9,
    stdout: expect.stringContaining('before the checkpoint 6'),
  });
  // And grown again, with other events.
  for (const name of ['anna', 'bert', 'carl']) await cli.json(`user lock ${name}`);
  expect(await cli.json('audit verify')).toMatchObject({ events: 7 });
  const error = await cli.fails(`audit verify --checkpoint ${path}`);
  expect(error).toMatchObject({ exitCode: 9, code: 'audit-damaged', seq: 6 });
  expect(error.message).toContain('event 6 is not the one of the checkpoint');
});

test('a checkpoint of no events is in every log', async () => {
  const cli = await story();
  const path = cli.file('empty.json', JSON.stringify({ head: { seq: 0, hash: '0'.repeat(64) } }));
  expect(await cli.json(`audit verify --checkpoint ${path}`)).toMatchObject({ checkpointed: true });
  const wrong = cli.file('wrong.json', JSON.stringify({ head: { seq: 0, hash: '1'.repeat(64) } }));
  expect(await cli.fails(`audit verify --checkpoint ${wrong}`)).toMatchObject({ exitCode: 9 });
});

test.each([
  '',
  'not json',
  'null',
  '[]',
  '{"head":{"seq":1}}',
  '{"head":{"seq":"1","hash":"00"}}',
  `{"head":{"seq":1.5,"hash":"${'0'.repeat(64)}"}}`,
  `{"head":{"seq":-1,"hash":"${'0'.repeat(64)}"}}`,
  `{"head":{"seq":1,"hash":"${'g'.repeat(64)}"}}`,
])('%j is no checkpoint', async (text) => {
  const cli = await scene();
  const path = cli.file('checkpoint.json', text);
  expect(await cli.fails(`audit verify --checkpoint ${path}`)).toMatchObject({
    exitCode: 8,
    code: 'file-unusable',
  });
  expect(await cli.fails(`audit verify --checkpoint ${cli.path('none')}`)).toMatchObject({
    exitCode: 8,
    code: 'file-unusable',
  });
});
