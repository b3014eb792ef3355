import { expect, test } from 'vitest';
import { composeApp } from '../../../src/compose.ts';
import { AuthctlError } from '../../../src/domain/errors.ts';
import type { Services } from '../../../src/services/services.ts';
import { readSettings } from '../../../src/settings/settings.ts';
import { testCli } from '../../cli.ts';
import { openSql } from '../../databases/database.ts';

const ssha = '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL';
const wrapped =
  '$wrapped$v=1,scheme=ldap-ssha$e1NTSEF9QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFDaDFGckw=' +
  '$2b$10$6eWE1ODX98Vp3amhmII2W.PUre3uMONLXDZ/3939dhh.4iuEPfwmS';

/** A database with users `user0` to `user<count - 1>`, all of whom have an SSHA hash of `password`. */
async function legacyUsers(count: number) {
  const cli = await testCli();
  const database = openSql(cli.database);
  await cli.json('user add user0 --no-password');
  const row = database.prepare<Record<string, unknown>>('select * from users').get() ?? {};
  const names = Object.keys(row);
  const insert = database.prepare(
    `insert into users (${names.join()}) values (${names.map(() => '?').join()})`,
  );
  database.prepare('delete from users').run();
  for (let index = 0; index < count; index += 1) {
    const id = `0192d3a0-0000-7000-8000-${String(index).padStart(12, '0')}`;
    const user = { ...row, id, username: `user${index}`, username_key: `user${index}`, password_hash: ssha };
    insert.run(...Object.values(user));
  }
  const hashes = () => database.prepare<string>('select password_hash from users order by id').pluck().all();
  const setHash = (name: string, hash: string) =>
    database.prepare('update users set password_hash = ? where username = ?').run(hash, name);
  const events = (action: string) =>
    database.prepare<string>('select payload from audit_events where action = ?').pluck().all(action);
  return { cli, hashes, setHash, events, close: () => database.close() };
}

async function withServices<T>(
  database: string,
  work: (services: Services) => Promise<T>,
  now: () => Date = () => new Date(),
): Promise<T> {
  const settings = await readSettings({ database }, {}, 'tester');
  const services = composeApp(settings, { osUser: 'tester', cores: 2, now });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

const isWrapped = (hash: string) => hash.startsWith('$wrapped$');

test('an interrupted run keeps what was committed, and the next run does the rest', async () => {
  const { cli, hashes, events, close } = await legacyUsers(100);
  const interruption = new AbortController();
  const error = await withServices(cli.database, async (services) =>
    (await services.hashes())
      .wrap({ schemes: [], signal: interruption.signal, onProgress: () => interruption.abort() })
      .catch((thrown: unknown) => thrown),
  );

  expect(error).toBeInstanceOf(AuthctlError);
  const done = hashes().filter(isWrapped).length;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(100);
  expect(error).toMatchObject({
    code: 'interrupted',
    message: `interrupted after ${done} hashes were wrapped`,
    details: { report: { wrapped: done, skipped: 0 } },
  });
  expect(events('user.wrap')).toHaveLength(done);

  expect(await cli.json('hash wrap')).toMatchObject({ users: 100, wrapped: 100 - done });
  expect(hashes().every(isWrapped)).toBe(true);
  expect(events('user.wrap')).toHaveLength(100);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
  close();
});

test('a hash that a login replaces meanwhile is left as the login made it', async () => {
  const { cli, hashes, setHash, events, close } = await legacyUsers(40);
  const current = `$2b$04$${'a'.repeat(53)}`;
  const totals = new Set<number>();
  const report = await withServices(cli.database, async (services) =>
    (await services.hashes()).wrap({
      schemes: [],
      signal: new AbortController().signal,
      onProgress: (_done, total) => {
        // The last batch has been read by now, and is not yet written.
        if (totals.size === 0) setHash('user9', current);
        totals.add(total);
      },
    }),
  );
  expect(report).toMatchObject({ users: 40, wrapped: 39, skipped: 1 });
  expect([...totals]).toEqual([40]);
  expect(hashes().filter(isWrapped)).toHaveLength(39);
  expect(hashes()[9]).toBe(current);
  expect(events('user.wrap')).toHaveLength(39);
  close();
});

test('a login under way while its hash is wrapped still ends with a plain current hash', async () => {
  const { cli, hashes, setHash, events, close } = await legacyUsers(1);
  let calls = 0;
  const now = () => {
    calls += 1;
    // The second time that a login asks, it has verified the password and is about to settle.
    if (calls === 2) setHash('user0', wrapped);
    return new Date();
  };
  const login = await withServices(
    cli.database,
    async (services) => (await services.logins()).login('user0', 'password'),
    now,
  );
  expect(login.outcome).toBe('ok');
  expect(hashes()[0]).toMatch(/^\$2b\$04\$/);
  const [rehash = ''] = events('user.rehash');
  expect(JSON.parse(rehash).detail).toEqual({ from: 'wrapped(ldap-ssha)', to: 'bcrypt' });
  close();
});

test('many users come in batches, each in one transaction', async () => {
  const { cli, hashes, events, close } = await legacyUsers(2500);
  expect(await cli.json('hash wrap')).toMatchObject({ users: 2500, wrapped: 2500 });
  expect(hashes().every(isWrapped)).toBe(true);
  const parts = new Set(events('user.wrap').map((payload) => JSON.parse(payload).part));
  expect(parts.size).toBeGreaterThan(3);
  // Eight users are the first batch, and no later one is smaller unless the machine is very busy.
  expect(parts.size).toBeLessThan(2500 / 8);
  expect(new Set(hashes()).size).toBe(2500);
  close();
}, 60_000);
