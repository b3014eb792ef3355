import { expect, test } from 'vitest';
import { minute, type Scene, type ShownEvent, scene } from '../../scene.ts';

/** Events of three actors about two users, an hour apart; the first is the policy's. */
async function story(): Promise<Scene> {
  const cli = await scene();
  await cli.json('user add alice --no-password --actor ann');
  cli.pass(60 * minute);
  await cli.json('user add bob --no-password --actor ben');
  cli.pass(60 * minute);
  await cli.json('user disable alice --actor ben');
  cli.pass(60 * minute);
  await cli.login('alice', 'Wrong-password-9');
  return cli;
}

const seqs = (events: ShownEvent[]) => events.map((event) => event.seq);

test.each([
  ['', [1, 2, 3, 4, 5]],
  ['--user alice', [2, 4, 5]],
  ['--user ALICE', [2, 4, 5]],
  ['--actor ben', [3, 4]],
  ['--actor=ben', [3, 4]],
  ['--actor nobody', []],
  ['--action user.add', [2, 3]],
  ['--action user', []],
  ['--user alice --actor ben', [4]],
  ['--user alice --action user.login', [5]],
  ['--limit 2', [4, 5]],
  ['--limit 1 --actor ben', [4]],
  ['--limit 99', [1, 2, 3, 4, 5]],
  ['--action user.add --limit 1', [3]],
])(
  'audit show %s gives the events in order, and with --limit the newest of them',
  async (options, expected) => {
    const { events } = await story();
    expect(seqs(await events(options))).toEqual(expected);
  },
);

test('times bound the events: from the first on, before the second', async () => {
  const { events, run } = await story();
  const [, second, third, fourth] = await events();
  expect(seqs(await events(`--since ${third?.at}`))).toEqual([3, 4, 5]);
  expect(seqs(await events(`--until ${third?.at}`))).toEqual([1, 2]);
  expect(seqs(await events(`--since ${second?.at} --until ${fourth?.at}`))).toEqual([2, 3]);
  expect(seqs(await events('--since 2099-01-01'))).toEqual([]);
  const seen = await run('audit show --since 2027-01-31T18:00+02:00 --until 2027-02-28');
  expect(seen.stderr).toContain('since 2027-01-31T16:00:00.000Z\nuntil 2027-02-28T00:00:00.000Z\n');
});

test('a global --actor before the command is who looks, not whom to look for', async () => {
  const { run, json } = await story();
  const all = await json('audit show');
  expect(JSON.parse((await run('--actor ben audit show --json')).stdout)).toEqual(all);
  expect(seqs(JSON.parse((await run('--actor ann audit show --json --actor ben')).stdout))).toEqual([3, 4]);
  expect(seqs(JSON.parse((await run('audit --actor ann show --json')).stdout))).toEqual([1, 2, 3, 4, 5]);
});

test('an event says who, when, what, to whom and how it ended', async () => {
  const { events, user } = await story();
  const all = await events();
  expect(all[3]).toEqual({
    seq: 4,
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    part: 1,
    actor: 'ben',
    osUser: 'tester',
    host: expect.stringMatching(/./),
    action: 'user.disable',
    outcome: 'ok',
    target: (await user('alice')).id,
    targetName: 'alice',
    detail: { fields: ['disabled'] },
  });
  expect(all[0]).toMatchObject({
    action: 'policy.set',
    target: null,
    targetName: null,
    detail: { bcryptCost: 4 },
  });
  expect(new Set(all.map((event) => event.requestId)).size).toBe(5);
});

test('events name users as they are called now, and find those who are gone by id', async () => {
  const { events, json, user, sql } = await story();
  await json('user set alice --username alina');
  const { id } = await user('alina');
  expect((await events('--user alina')).map((event) => event.targetName)).toEqual([
    'alina',
    'alina',
    'alina',
    'alina',
  ]);
  sql((database) => database.prepare('delete from users where id = ?').run(id));
  expect(
    (await events(`--user ${id.toUpperCase()}`)).map((event) => [event.target, event.targetName]),
  ).toEqual(Array(4).fill([id, null]));
});

test('reading writes nothing', async () => {
  const { run, contents } = await story();
  const before = contents();
  for (const line of [
    'audit show',
    'audit verify',
    'user list',
    'user show alice',
    'policy show',
    'config show',
    'migrate status',
  ]) {
    expect((await run(line)).exitCode).toBe(0);
  }
  expect(contents()).toBe(before);
});
