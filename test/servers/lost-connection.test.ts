import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeApp } from '../../src/compose.ts';
import { newId } from '../../src/domain/id.ts';
import type { ShownEvent } from '../../src/services/audit/audit.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { testCli } from '../cli.ts';
import { type Fate, proxyOf, type StandIn } from '../databases/proxy.ts';

const password = 'Correct-horse-1';

/** A migrated database, and a stand-in for its server through which the program reaches it. */
async function behindProxy() {
  const cli = await testCli();
  const proxy = await proxyOf(cli.database);
  const env = { AUTHCTL_DATABASE: proxy.location };
  const run: typeof cli.run = (line, options) =>
    cli.run(line, { ...options, env: { ...env, ...options?.env } });
  return { cli, proxy, run };
}

/** Does something to the first pieces that hold a text, and lets all others pass. */
function meet(proxy: StandIn, text: RegExp, fate: Fate, times = 1): () => number {
  let met = 0;
  proxy.fate = (piece) => {
    if (met >= times || !text.test(piece)) return 'pass';
    met += 1;
    return fate;
  };
  return () => met;
}

const actions = async (cli: { json<T>(line: string): Promise<T> }) =>
  (await cli.json<{ action: string }[]>('audit show')).map(({ action }) => action);

test.each([
  ['before its commit reaches the server', /^.{5}commit/s, 'lose', 1],
  ['while it commits', /^.{5}commit/s, 'lose-answer', 1],
  ['while it commits, three times', /^.{5}commit/s, 'lose-answer', 3],
  ['in its middle', /insert into/, 'lose', 1],
  ['behind a statement in its middle', /insert into/, 'lose-answer', 1],
  ['when it begins', /begin/, 'lose', 2],
] as const)('a command whose connection breaks %s is done once', async (_when, text, fate, times) => {
  const { cli, proxy, run } = await behindProxy();
  const met = meet(proxy, text, fate, times);
  const seen = await run('user add alice --password-stdin', { stdin: password });
  expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
  expect(met()).toBeGreaterThanOrEqual(1);
  expect(await actions(cli)).toEqual(['policy.set', 'user.add']);
  expect(await cli.json('user list')).toHaveLength(1);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true, events: 2 });
});

test.each(['lose', 'lose-answer'] as const)(
  'a login is counted once when its commits are lost: %s',
  async (fate) => {
    const { cli, proxy, run } = await behindProxy();
    await cli.run('user add alice --password-stdin', { stdin: password });
    const met = meet(proxy, /^.{5}commit/s, fate, 4);
    const seen = await run('user login alice --password-stdin', { stdin: 'Wrong-guess-1' });
    expect(seen.exitCode).toBe(3);
    expect(met()).toBeGreaterThanOrEqual(2);
    expect(await cli.json('user show alice')).toMatchObject({ failedAttempts: 1 });
    expect(await actions(cli)).toEqual(['policy.set', 'user.add', 'user.login']);
    // Nothing is left that would count as an attempt under way.
    cli.pass(31_000);
    expect((await cli.run('user login alice --password-stdin', { stdin: password })).exitCode).toBe(0);
  },
);

test('what two callers of one process do at once is done once, however many answers to commits are lost', async () => {
  const { cli, proxy } = await behindProxy();
  const services = composeApp(await readSettings({ database: proxy.location }, {}, 'tester'), {
    osUser: 'tester',
    cores: 2,
    now: () => new Date(),
  });
  const callers = ['web', 'job'].map((actor) => ({ actor, osUser: 'www', host: 'h1', requestId: newId() }));
  try {
    const met = meet(proxy, /^.{5}commit/s, 'lose-answer', 6);
    await Promise.all(
      callers.map(async (caller) => {
        const users = await services.as(caller).users();
        for (const number of [1, 2, 3, 4]) {
          await users.add({ username: `${caller.actor}${number}`, password: { kind: 'none' } });
        }
      }),
    );
    expect(met()).toBe(6);
  } finally {
    await services.close();
  }
  const events = (await cli.json<ShownEvent[]>('audit show')).slice(1);
  for (const caller of callers) {
    const own = events.filter(({ requestId }) => requestId === caller.requestId);
    expect(own.map(({ part, targetName }) => ({ part, targetName }))).toEqual(
      [1, 2, 3, 4].map((part) => ({ part, targetName: `${caller.actor}${part}` })),
    );
    for (const event of own) expect(event).toMatchObject(caller);
  }
  expect(await cli.json('audit verify')).toMatchObject({ ok: true, events: 9 });
});

test('a read is repeated', async () => {
  const { cli, proxy, run } = await behindProxy();
  await cli.json('user add alice --no-password');
  const met = meet(proxy, /select/, 'lose-answer', 2);
  const seen = await run('user list --output ids');
  expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
  expect(met()).toBe(2);
  expect(seen.stdout.trim().split('\n')).toHaveLength(1);
});

test('a server that nobody reaches is told in one line, within the timeout, and is not hammered', async () => {
  const { proxy, run } = await behindProxy();
  await proxy.down();
  const begin = performance.now();
  const seen = await run('user list --timeout 2s');
  expect(performance.now() - begin).toBeLessThan(10_000);
  expect(seen).toMatchObject({ exitCode: 7, stdout: '' });
  expect(seen.stderr.split('\n')[0]).toMatch(/^error: .* cannot be reached \(ECONNREFUSED\)$/);
  await proxy.up();
  expect(proxy.connections).toBe(0);
});

test('a server whose answers never come is given up in time', async () => {
  const { proxy, run } = await behindProxy();
  proxy.fate = () => 'lose';
  const seen = await run('user list --timeout 1s --json');
  expect(seen).toMatchObject({ exitCode: 7, stdout: '' });
  expect(JSON.parse(seen.stderr).error.code).toBe('database-unreachable');
  // 25 ms at first, twice as much each time, and a dead server is tried each quarter of the timeout.
  expect(proxy.connections).toBeLessThan(20);
});

test('a command waits for a server that comes back', async () => {
  const { cli, proxy, run } = await behindProxy();
  await proxy.down();
  const running = run('user add alice --no-password --timeout 30s');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await proxy.up();
  expect(await running).toMatchObject({ exitCode: 0 });
  expect(await cli.json('user list')).toHaveLength(1);
});

test('an import outlasts a server that goes away in the middle, and loses and doubles nothing', async () => {
  const { cli, proxy, run } = await behindProxy();
  const dump = join(cli.folder, 'dump.csv');
  const names = Array.from({ length: 300 }, (_, index) => `person${index}`);
  writeFileSync(dump, `username,password\n${names.map((name) => `${name},Secret-${name}-X\n`).join('')}`, {
    mode: 0o600,
  });
  let inserts = 0;
  proxy.fate = (piece) => {
    if (/insert into "?`?users/.test(piece)) inserts += 1;
    if (inserts !== 3) return 'pass';
    inserts += 1;
    void proxy.down().then(() => setTimeout(() => void proxy.up(), 400));
    return 'lose';
  };
  const rejects = join(cli.folder, 'rejects.csv');
  const seen = await run(`user import ${dump} --batch 20 --rejects ${rejects} --json`);
  expect(seen).toMatchObject({ exitCode: 0 });
  expect(inserts).toBeGreaterThan(3);
  expect(JSON.parse(seen.stdout)).toMatchObject({ rows: 300, created: 300, rejected: 0 });
  const users = await cli.json<{ username: string }[]>('user list --sort createdAt');
  expect(users.map(({ username }) => username).sort()).toEqual(names.toSorted());
  expect(await cli.json('audit verify')).toMatchObject({ ok: true, events: 302 });
  expect(readFileSync(dump, 'utf8').length).toBeGreaterThan(0);
});

test('a password in the URL is in no output', async () => {
  const { cli } = await behindProxy();
  const url = new URL(cli.database);
  url.password = 'Sesame-open-99';
  url.port = '1';
  const env = { AUTHCTL_DATABASE: url.href, AUTHCTL_TIMEOUT: '1s' };
  for (const line of ['config show', 'user list', 'user list --debug', 'migrate up --json', 'audit verify']) {
    const seen = await cli.run(line, { env });
    expect(`${seen.stdout}${seen.stderr}`).not.toContain('Sesame');
  }
  const refused = await cli.run(['user', 'list', '--database', url.href]);
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).not.toContain('Sesame');
});

test('encryption that cannot be had is told as that', async () => {
  const { cli } = await behindProxy();
  const url = new URL(cli.database);
  // A server that has TLS has no certificate for this that is trusted here.
  url.hostname = 'localhost';
  url.search = url.protocol === 'mysql:' ? 'ssl=true' : 'sslmode=verify-full';
  const seen = await cli.run('user list --json', {
    env: { AUTHCTL_DATABASE: url.href, AUTHCTL_TIMEOUT: '5s' },
  });
  expect(seen).toMatchObject({ exitCode: 8, stdout: '' });
  expect(JSON.parse(seen.stderr).error).toMatchObject({
    code: 'database-unusable',
    message: expect.stringContaining('cannot be reached with TLS'),
  });
});
