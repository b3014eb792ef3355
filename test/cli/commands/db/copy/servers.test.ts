import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import type { Seen } from '../../../../cli.ts';
import { addMany } from '../../../../stress/many-users.ts';
import { goodPassword, type Scene, type ShownEvent, scene } from '../../../scene.ts';
import { addOddRows, allRows, marksIn, type ShownCopy } from './rows.ts';
import { answers, cutConnections, newDatabase, type ServerKind, serverSql } from './servers.ts';
import { interruptedAt, watched } from './signals.ts';

const there = { postgres: await answers('postgres'), mysql: await answers('mysql') };
const both = there.postgres && there.mysql;
const products = { postgres: 'PostgreSQL', mysql: 'MySQL' } as const;

const on = (database: string) => ({ env: { AUTHCTL_DATABASE: database } });
const copy = (cli: Scene, from: string, to: string) => cli.json<ShownCopy>(`db copy ${to} --yes`, on(from));

async function filled(): Promise<Scene> {
  const cli = await scene();
  await cli.add('alice', 'bob');
  await cli.json('user lock bob --for 2h');
  addOddRows(cli.database);
  addMany(cli, 2500);
  return cli;
}

describe.skipIf(!both)('from SQLite over both servers and back', () => {
  test.each([
    ['postgres', 'mysql'],
    ['mysql', 'postgres'],
  ] as const)('over %s and then %s every row comes back as it was', async (first, second) => {
    const cli = await filled();
    const [one, two, back] = [newDatabase(first), newDatabase(second), cli.path('back.db')];

    const copies = [
      await copy(cli, cli.database, one),
      await copy(cli, one, two),
      await copy(cli, two, back),
    ];

    const [before, after] = [allRows(cli.database), allRows(back)];
    // Each copy is an event of its source, and so of all that follow.
    expect(after.audit_events?.slice(0, -2)).toEqual(before.audit_events);
    expect({ ...after, audit_events: [], audit_head: [] }).toEqual({
      ...before,
      audit_events: [],
      audit_head: [],
    });
    const digests = copies.map(({ tables }) =>
      Object.fromEntries(tables.map((one) => [one.table, one.sha256])),
    );
    for (const table of ['users', 'settings', 'imports', 'login_attempts']) {
      expect(new Set(digests.map((digest) => digest[table])), table).toHaveLength(1);
    }
    for (const [index, database] of [one, two, back].entries()) {
      const { events, head } = copies[index + 1] ?? copies[2] ?? expect.fail();
      expect(await cli.json('audit verify', on(database))).toMatchObject({ events, head });
      const login = { ...on(database), stdin: goodPassword };
      expect((await cli.run('user login bob --password-stdin', login)).exitCode).toBe(3);
      expect((await cli.run('user login alice --password-stdin', login)).exitCode).toBe(0);
    }
  });
});

describe.each(['postgres', 'mysql'] as const)('with %s', (kind: ServerKind) => {
  const run = test.skipIf(!there[kind]);

  run('a database that is not there is made after a question, and one of before is refused', async () => {
    const cli = await scene();
    await cli.add('alice');
    const target = newDatabase(kind);
    const error = await cli.fails(`db copy ${target}`);
    expect(error).toMatchObject({ exitCode: 2, code: 'confirmation-needed' });
    expect(error.message).toContain('which is not there yet and is made');
    await copy(cli, cli.database, target);
    expect(await cli.fails(`db copy ${target} --yes`)).toMatchObject({
      exitCode: 6,
      code: 'target-not-empty',
      table: 'users',
    });
  });

  run('an interrupted copy refuses to be used, and goes on when it is repeated', async () => {
    const cli = await filled();
    const target = newDatabase(kind);
    const seen = await cli.run(`db copy ${target} --yes`, { signal: interruptedAt(2) });
    expect(seen.exitCode).toBe(130);
    expect(await cli.fails('user list', on(target))).toMatchObject({
      exitCode: 8,
      code: 'database-incomplete',
    });
    expect(await cli.fails('migrate up', on(target))).toMatchObject({
      exitCode: 8,
      code: 'database-incomplete',
    });
    expect(await cli.json(`db copy ${target}`)).toMatchObject({ resumed: true });
    expect(await cli.json('user list', on(target))).toEqual(await cli.json('user list'));
  });

  run('a copy whose source has changed meanwhile begins anew', async () => {
    const cli = await filled();
    const target = newDatabase(kind);
    await cli.run(`db copy ${target} --yes`, { signal: interruptedAt(3) });
    await cli.json('user lock person7');
    const seen = await cli.run(`db copy ${target} --json`);
    expect(seen.exitCode).toBe(0);
    expect(JSON.parse(seen.stderr).note).toContain('begins anew');
    expect(await cli.json('user list', on(target))).toEqual(await cli.json('user list'));
  });

  run('a copy goes on over connections to the target that are cut', async () => {
    const cli = await filled();
    const target = newDatabase(kind);
    const cuts: Promise<void>[] = [];
    const signal = watched((count) => {
      if (count % 3 === 1) cuts.push(cutConnections(kind, target));
    });
    const seen = await cli.run(`db copy ${target} --yes --json`, { signal });
    await Promise.all(cuts);
    expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
    expect(cuts.length).toBeGreaterThan(2);
    await copy(cli, target, cli.path('back.db'));
    expect(allRows(cli.path('back.db')).users).toEqual(allRows(cli.database).users);
  });

  run('a copy whose source goes away fails, and goes on when it is repeated', async () => {
    const cli = await filled();
    const [source, target] = [newDatabase(kind), cli.path('target.db')];
    await copy(cli, cli.database, source);
    let cut: Promise<void> | undefined;
    const signal = watched(() => (cut ??= cutConnections(kind, source)));
    // 20 batches take longer than to cut a connection.
    const seen = await cli.run(`db copy ${target} --yes --json`, { ...on(source), signal });
    await cut;
    expect(seen.exitCode, seen.stderr).toBe(7);
    expect(marksIn(target)).toHaveLength(1);
    expect(await cli.json(`db copy ${target}`, on(source))).toMatchObject({ resumed: true });
    expect(allRows(target).users).toEqual(allRows(cli.database).users);
  });

  run('who writes to the source while it is copied waits until that is done', async () => {
    const cli = await filled();
    const [source, target] = [newDatabase(kind), cli.path('target.db')];
    await copy(cli, cli.database, source);
    // What runs beside the copy is no part of its transaction.
    const beside = AsyncLocalStorage.snapshot();
    let lock: Promise<Seen> | undefined;
    const signal = watched(() => {
      lock ??= beside(() => cli.run('user lock person7 --timeout 30s', on(source)));
    });

    const seen = await cli.run(`db copy ${target} --yes --json`, { ...on(source), signal });

    expect(seen.exitCode).toBe(0);
    expect((await lock)?.exitCode).toBe(0);
    const { head } = JSON.parse(seen.stdout);
    expect(allRows(target).users).toEqual(allRows(cli.database).users);
    const events = await cli.json<ShownEvent[]>('audit show', on(source));
    expect(events.filter(({ seq }) => seq > head.seq)).toMatchObject([{ action: 'user.lock' }]);
  });

  run.each([
    ['a text that is too long', `lock_reason = '${'x'.repeat(256)}'`, 'value-too-long', 'users.lock_reason'],
    ['a number that is too large', 'version = 3000000000', 'value-unfit', 'users.version'],
    ['no whole number', 'version = 1.5', 'value-unfit', 'users.version'],
    ['bytes for a text', `first_name = x'00ff'`, 'value-unfit', 'users.first_name'],
  ])('%s is told with its row', async (_what, change, code, column) => {
    const cli = await filled();
    const { id } = await cli.user('person2100');
    cli.sql((database) => database.exec(`update users set ${change} where username = 'person2100'`));
    const error = await cli.fails(`db copy ${newDatabase(kind)} --yes`);
    expect(error).toMatchObject({ exitCode: 4, code, column, key: { id } });
  });

  run('rows of another program are left as they are', async () => {
    const cli = await scene();
    const target = newDatabase(kind);
    await cli.json('migrate up', on(target));
    await cli.json('migrate down --to 0 --yes', on(target));
    await serverSql(kind, ['create table users (x integer)', 'insert into users values (1)'], target);
    expect(await cli.fails(`db copy ${target} --yes`)).toMatchObject({
      exitCode: 6,
      code: 'target-not-empty',
    });
    await serverSql(kind, ['delete from users'], target);
    expect(await cli.fails(`db copy ${target} --yes`)).toMatchObject({ exitCode: 8 });
    expect(await serverSql(kind, ['select * from users'], target)).toEqual([]);
  });

  run('a server that is not there is told within the timeout', async () => {
    const cli = await scene();
    const target = `${kind}://nobody@127.0.0.1:1/nowhere`;
    const error = await cli.fails(`db copy ${target} --yes --timeout 1s`);
    expect(error).toMatchObject({ exitCode: 7, code: 'database-unreachable' });
    expect(error.message).toContain(`${products[kind]} database "nowhere" at 127.0.0.1:1`);
  });
});

describe.skipIf(!there.postgres)('with PostgreSQL alone', () => {
  test('a NUL, which its texts cannot hold, is told with its row', async () => {
    const cli = await filled();
    const { id } = await cli.user('person7');
    cli.sql((database) =>
      database.exec(`update users set first_name = 'a' || char(0) where username = 'person7'`),
    );
    expect(await cli.fails(`db copy ${newDatabase('postgres')} --yes`)).toMatchObject({
      exitCode: 4,
      code: 'value-unfit',
      column: 'users.first_name',
      key: { id },
    });
  });
});

describe.skipIf(!there.mysql)('with MySQL alone', () => {
  test('the password of the target comes from a file', async () => {
    const cli = await scene();
    const target = new URL(newDatabase('mysql'));
    const [user, password] = [`copy_${target.pathname.slice(-12)}`, cli.secret('swordfish-1')];
    await serverSql('mysql', [
      `create user ${user} identified by '${password}'`,
      `grant all on ${target.pathname.slice(1)}.* to ${user}`,
    ]);
    try {
      target.username = user;
      expect(await cli.fails(`db copy ${target.href} --yes`)).toMatchObject({ exitCode: 8 });
      const file = cli.file('password', `${password}\n`);
      await cli.json(`db copy ${target.href} --to-password-file ${file} --yes`);
    } finally {
      await serverSql('mysql', [`drop user ${user}`]);
    }
  });
});
