import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import type { Ended, Running } from '../stress/program.ts';
import { Cluster, type ClusterDatabase, type NodeNumber, nodes } from './cluster.ts';

const password = 'Correct-horse-1';
const attempts = Array.from({ length: 64 }, (_, index) => index);
const cluster = new Cluster();

beforeAll(() => cluster.start());
afterAll(() => cluster.stop());

const nodeOf = (index: number): NodeNumber => nodes[index % nodes.length] ?? 1;

async function migrated(name: string): Promise<ClusterDatabase> {
  const database = cluster.database(name);
  await database.migrate();
  return database;
}

/** A dump of users who come with a hash each. */
function dumpOf(name: string, rows: number): { file: string; usernames: string[] } {
  const usernames = Array.from({ length: rows }, (_, index) => `${name}_${index}`);
  const file = join(cluster.folder, `${name}.csv`);
  const hash = `$2b$12$${'.'.repeat(53)}`;
  const lines = usernames.map((username) => `${username},${username}@example.org,${hash}\n`);
  writeFileSync(file, `username,email,password_hash\n${lines.join('')}`, { mode: 0o600 });
  return { file, usernames };
}

/** What the audit log of each node holds: it verifies, and is the same on all of them. */
async function chainOf(database: ClusterDatabase, on: readonly NodeNumber[]): Promise<unknown> {
  const proofs = await Promise.all(
    on.map((node) => database.json<{ events: number; head: string }>(node, 'audit', 'verify')),
  );
  for (const proof of proofs) expect(proof).toEqual(proofs[0]);
  return proofs[0];
}

async function reasons(database: ClusterDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const events = await database.json<{ outcome: string; detail: { reason?: string } }[]>(
    2,
    ...['audit', 'show', '--action', 'user.login'],
  );
  for (const { outcome, detail } of events) {
    const reason = detail.reason ?? outcome;
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

interface Command {
  args: string[];
  ended: Ended;
}

/** An administrator at one node: users are added, changed and locked, until told to stop or a command fails. */
class Administrator {
  readonly done: Command[] = [];
  readonly #database: ClusterDatabase;
  readonly #node: NodeNumber;
  #stopped = false;

  constructor(database: ClusterDatabase, node: NodeNumber) {
    this.#database = database;
    this.#node = node;
  }

  async work(): Promise<void> {
    for (let index = 0; !this.#stopped; index += 1) {
      const name = `admin_${this.#node}_${index}`;
      const steps = [
        ['user', 'add', name, '--password-stdin'],
        ['user', 'set', name, '--first-name', 'Changed'],
        ['user', 'lock', name, '--reason', 'on leave'],
      ];
      for (const args of steps) {
        const ended = await this.#database.run(this.#node, args, password);
        this.done.push({ args, ended });
        if (ended.exitCode !== 0) return;
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  get acknowledged(): Command[] {
    return this.done.filter(({ ended }) => ended.exitCode === 0);
  }

  get failed(): Command[] {
    return this.done.filter(({ ended }) => ended.exitCode !== 0);
  }
}

/** Fails unless every command that was acknowledged has left its change and one event on the node. */
async function nothingLost(database: ClusterDatabase, on: NodeNumber, commands: readonly Command[]) {
  const users = new Map(
    (
      await database.json<{ id: string; username: string; firstName: string; status: string }[]>(
        on,
        'user',
        'list',
      )
    ).map((user) => [user.username, user] as const),
  );
  const events = await database.json<{ action: string; target: string }[]>(on, 'audit', 'show');
  const written = new Map<string, number>();
  for (const { action, target } of events) {
    const key = `${action} ${target}`;
    written.set(key, (written.get(key) ?? 0) + 1);
  }
  for (const { args } of commands) {
    const [noun, verb, name = ''] = args;
    const user = users.get(name);
    expect({ args, count: written.get(`${noun}.${verb} ${user?.id}`) }).toEqual({ args, count: 1 });
    if (verb === 'set') expect(user?.firstName).toBe('Changed');
    if (verb === 'lock') expect(user?.status).toBe('locked');
  }
}

test('migrate up on all nodes at once applies each migration once', async () => {
  const database = cluster.database('parallel');
  const ended = await Promise.all(
    Array.from({ length: 9 }, (_, index) => database.run(nodeOf(index), ['migrate', 'up', '--json'])),
  );
  for (const { exitCode, stderr } of ended) expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const changed = ended.flatMap(({ stdout }): string[] => JSON.parse(stdout).changed);
  expect(changed.sort()).toEqual(migrations.map(({ name }) => name));
});

test('migrate up and down on all nodes at once leave a whole schema', async () => {
  const database = await migrated('ups_and_downs');
  const steps = Array.from({ length: 6 }, (_, index) =>
    index % 2 === 0 ? ['migrate', 'up'] : ['migrate', 'down', '--to', '0', '--yes'],
  );
  const ended = await Promise.all(steps.map((step, index) => database.run(nodeOf(index), step)));
  for (const { exitCode, stderr } of ended) expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  await database.migrate();
  const added = await database.run(2, ['user', 'add', 'alice', '--password-stdin'], password);
  expect(added).toMatchObject({ exitCode: 0 });
  await chainOf(database, nodes);
});

test('a lock that somebody left behind is taken over', async () => {
  const database = await migrated('left_behind');
  cluster.sql(1, `insert into left_behind.schema_migration_lock values (1, 'who was killed', 7)`);
  expect(await database.json(3, 'migrate', 'down', '--to', '9', '--yes')).toMatchObject({
    changed: { length: 1 },
  });
  expect(await database.json(2, 'migrate', 'up')).toMatchObject({ changed: { length: 1 } });
});

test('of 64 guesses at once over three nodes, as many are verified as the threshold allows', async () => {
  const database = await migrated('guesses');
  await database.run(1, ['user', 'add', 'alice', '--password-stdin'], password);

  const ended = await Promise.all(
    attempts.map((index) =>
      database.run(nodeOf(index), ['user', 'login', 'alice', '--password-stdin'], `Wrong-guess-${index}`),
    ),
  );

  expect(new Set(ended.map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify({ exitCode: 3, signal: null, stdout: '', stderr: 'error: login refused\n' })]),
  );
  expect(await reasons(database)).toEqual({ 'wrong-password': 5, locked: 59 });
  expect(await chainOf(database, nodes)).toMatchObject({ events: 66 });
});

test('of 64 right logins at once over three nodes, all succeed', async () => {
  const database = await migrated('logins');
  await database.run(1, ['user', 'add', 'alice', '--password-stdin'], password);

  const ended = await Promise.all(
    attempts.map((index) =>
      database.run(nodeOf(index), ['user', 'login', 'alice', '--password-stdin'], password),
    ),
  );

  expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(await reasons(database)).toEqual({ ok: 64 });
  expect(await chainOf(database, nodes)).toMatchObject({ events: 66 });
});

test('what one node has acknowledged the next command finds on another one', async () => {
  const database = await migrated('handover');
  for (const index of attempts.slice(0, 12)) {
    const name = `user_${index}`;
    const added = await database.run(nodeOf(index), ['user', 'add', name, '--password-stdin'], password);
    const locked = await database.run(nodeOf(index + 1), ['user', 'lock', name]);
    const shown = await database.json(nodeOf(index + 2), 'user', 'show', name);
    expect([added.exitCode, locked.exitCode, shown]).toMatchObject([0, 0, { status: 'locked' }]);
  }
});

test('an import on one node and administrators on the others get in each other’s way and lose nothing', async () => {
  const database = await migrated('imports');
  const { file, usernames } = dumpOf('imported', 20_000);
  const administrators = [new Administrator(database, 2), new Administrator(database, 3)];

  const working = administrators.map((one) => one.work());
  const imported = await database.run(1, ['user', 'import', file, '--json']);
  for (const one of administrators) one.stop();
  await Promise.all(working);

  expect(imported).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(imported.stdout)).toMatchObject({ rows: 20_000, created: 20_000 });
  expect(administrators.flatMap((one) => one.failed)).toEqual([]);
  for (const one of administrators) expect(one.acknowledged.length).toBeGreaterThan(0);
  const added = administrators
    .flatMap((one) => one.acknowledged)
    .flatMap(({ args }) => (args[1] === 'add' ? [args[2]] : []));
  expect(await database.usernames(3)).toEqual([...usernames, ...added].sort());
  await nothingLost(
    database,
    1,
    administrators.flatMap((one) => one.acknowledged),
  );
  await chainOf(database, nodes);
});

/** Waits until the administrators have had so many commands acknowledged together. */
async function acknowledged(administrators: readonly Administrator[], count: number): Promise<void> {
  while (administrators.reduce((sum, one) => sum + one.acknowledged.length, 0) < count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a node is killed in the middle: nothing acknowledged is lost, and the node comes back', async () => {
  const database = await migrated('killed');
  const { file, usernames } = dumpOf('moved', 20_000);
  const administrators = nodes.map((node) => new Administrator(database, node));
  const [one, two, three] = administrators;
  const survivors: NodeNumber[] = [1, 2];

  const working = administrators.map((administrator) => administrator.work());
  // It begins on the node that is killed, and knows of the others.
  const importing: Running = database.begin([3, 1, 2], ['user', 'import', file, '--json']);
  await acknowledged(administrators, 12);
  expect(importing.child.exitCode).toBeNull();
  cluster.kill(3);
  // Theirs is a node that is gone: all that they are told is that.
  await working[2];
  const imported = await importing.ended;
  const before = one?.acknowledged.length ?? 0;
  await acknowledged(administrators.slice(0, 1), before + 3);
  for (const administrator of administrators) administrator.stop();
  await Promise.all(working);

  expect(imported).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(imported.stdout)).toMatchObject({ rows: 20_000, created: 20_000 });
  expect([one?.failed, two?.failed]).toEqual([[], []]);
  expect(three?.failed).toMatchObject([{ ended: { exitCode: 7, stdout: '' } }]);
  const [last] = three?.failed ?? [];
  expect(last?.ended.stderr).toMatch(
    /^error: (MySQL database "killed" at 127\.0\.0\.1:3313 cannot be reached|the connection to MySQL database "killed" at 127\.0\.0\.1:3313 was lost while it was committing)[^\n]*\nhint: [^\n]+\n$/,
  );
  const commands = administrators.flatMap((administrator) => administrator.acknowledged);
  for (const node of survivors) {
    await nothingLost(database, node, commands);
    const there = await database.usernames(node);
    expect(there).toEqual(expect.arrayContaining(usernames));
    const added = commands.filter(({ args }) => args[1] === 'add').length;
    // One whose answer was lost may have been added, and says so.
    const unknown = last?.args[1] === 'add' && last.ended.stderr.includes('committing') ? 1 : 0;
    expect(there.length - 20_000 - added).toBeGreaterThanOrEqual(0);
    expect(there.length - 20_000 - added).toBeLessThanOrEqual(unknown);
  }
  const chain = await chainOf(database, survivors);

  cluster.rejoin(3);
  expect(await chainOf(database, nodes)).toEqual(chain);
  expect(await database.usernames(3)).toEqual(await database.usernames(1));
  expect(await database.run(3, ['user', 'unlock', 'admin_3_0'])).toMatchObject({ exitCode: 0 });
  await chainOf(database, nodes);
});

test('a node that has lost the others refuses with exit 7, and nothing is done', async () => {
  const database = await migrated('minority');
  cluster.kill(2);
  cluster.kill(3);

  const refused = await Promise.all([
    database.run(1, ['user', 'add', 'alice', '--password-stdin', '--timeout', '3s'], password),
    database.run(1, ['user', 'list', '--timeout', '3s']),
  ]);

  for (const ended of refused) {
    expect(ended).toMatchObject({ exitCode: 7, stdout: '' });
    expect(ended.stderr).toMatch(/^error: MySQL database "minority" at [^\n]+\nhint: [^\n]+\n$/);
  }
});
