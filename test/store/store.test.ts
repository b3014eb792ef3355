import { expect, test } from 'vitest';
import { Call } from '../../src/domain/call.ts';
import { openLockout } from '../../src/domain/lockout.ts';
import type { User } from '../../src/domain/user.ts';
import { openConnection, openStore, type Store } from '../../src/store/index.ts';
import { NameSet } from '../../src/store/name-set.ts';
import { databaseKind } from '../databases/database.ts';
import { openMigrated } from '../databases/template.ts';

const now = new Date('2027-03-01T12:00:00.000Z');
const newCall = () => new Call({ actor: 'op', osUser: 'root', host: 'h1' });

async function newStore(): Promise<Store> {
  const connection = await openMigrated(() => now);
  return openStore(connection, () => now);
}

const userOf = (username: string, more: Partial<User> = {}): User => ({
  id: `0192d3a0-0000-7000-8000-${Buffer.from(username.slice(0, 6).padEnd(6)).toString('hex').slice(0, 12)}`,
  username,
  email: null,
  emailVerifiedAt: null,
  firstName: null,
  lastName: null,
  passwordHash: null,
  passwordChangedAt: null,
  mustChangePassword: false,
  disabledAt: null,
  lockedAt: null,
  lockout: openLockout,
  expiresAt: null,
  lastLoginAt: null,
  createdAt: now,
  createdBy: 'op',
  updatedAt: now,
  updatedBy: 'op',
  deletedAt: null,
  deletedBy: null,
  version: 1,
  ...more,
});

const add = (store: Store, user: User, call = newCall()) =>
  store.transaction(call, async (tx) => {
    await tx.users.insert(user);
    tx.audit({ action: 'user.add', target: user.id });
  });

test('what is stored of a user comes back', async () => {
  const store = await newStore();
  const full = userOf('Jürgen', {
    email: 'Jürgen@example.org',
    passwordHash: '$2b$04$x',
    passwordChangedAt: now,
    mustChangePassword: true,
    disabledAt: now,
    lockedAt: now,
    lockout: {
      lock: { until: new Date('2027-03-02T00:00:00.001Z'), reason: 'why', kind: 'administrator' },
      failures: 3,
      consecutiveFailures: 7,
    },
    expiresAt: now,
    lastLoginAt: now,
    deletedAt: now,
    deletedBy: 'boss',
    version: 9,
  });
  const forGood = userOf('anna', {
    lockedAt: now,
    lockout: {
      lock: { until: 'unlocked', reason: null, kind: 'automatic' },
      failures: 0,
      consecutiveFailures: 0,
    },
  });
  await add(store, full);
  await add(store, forGood);
  expect(await store.users.byUsername('JU\u0308RGEN')).toEqual(full);
  expect(await store.users.byEmail('jürgen@EXAMPLE.org')).toEqual(full);
  expect(await store.users.byId(full.id.toUpperCase())).toEqual(full);
  expect(await store.users.byUsername('anna')).toEqual(forGood);
  expect(await store.users.byUsername('nobody')).toBeUndefined();
  await store.close();
});

test('a transaction that fails leaves neither its changes nor its events', async () => {
  const store = await newStore();
  await add(store, userOf('anna'));
  const failing = store.transaction(newCall(), async (tx) => {
    await tx.users.insert(userOf('bert'));
    tx.audit({ action: 'user.add' });
    throw new Error('stopped');
  });
  await expect(failing).rejects.toThrow('stopped');
  expect(await store.users.byUsername('bert')).toBeUndefined();
  expect((await store.events.head()).seq).toBe(1);
  expect(await store.events.page({}, { limit: 10 })).toHaveLength(1);
  await store.close();
});

test('inside a transaction only its own tables can be reached', async () => {
  const store = await newStore();
  for (const reach of [
    () => store.users,
    () => store.settings,
    () => store.events,
    () => store.imports,
    () => store.transaction(newCall(), async () => {}),
  ]) {
    await expect(store.transaction(newCall(), async () => reach())).rejects.toThrow('inside a transaction');
  }
  expect(await store.users.countAll()).toBe(0);
  await store.close();
});

test('transactions follow one another, and each goes on with the chain', async () => {
  const store = await newStore();
  const names = ['anna', 'bert', 'carl', 'dora', 'emil'];
  const call = newCall();
  await Promise.all(names.map((name) => add(store, userOf(name), call)));
  const rows = await store.events.page({}, { limit: 10 });
  expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(rows.map((row) => row.request_id)).size).toBe(1);
  expect(rows.map((row) => row.part).sort()).toEqual([1, 2, 3, 4, 5]);
  expect(await store.events.head()).toEqual({ seq: 5, hash: rows.at(-1)?.hash });
  await store.close();
});

test.each([
  ['user-exists', userOf('ANNA', { id: '0192d3a0-0000-7000-8000-000000000009' })],
  ['email-exists', userOf('bert', { email: 'Anna@example.org' })],
])('the index tells of %s', async (code, user) => {
  const store = await newStore();
  await add(store, userOf('anna', { email: 'anna@example.org' }));
  await expect(add(store, user)).rejects.toMatchObject({ code });
  expect((await store.events.head()).seq).toBe(1);
  await store.close();
});

test('an update of a version that has passed is refused', async () => {
  const store = await newStore();
  const anna = userOf('anna');
  await add(store, anna);
  const write = (firstName: string) =>
    store.transaction(newCall(), (tx) => tx.users.update({ ...anna, firstName, version: 2 }, anna.version));
  await write('one');
  await expect(write('two')).rejects.toMatchObject({ code: 'changed-meanwhile' });
  expect(await store.users.byUsername('anna')).toMatchObject({ firstName: 'one', version: 2 });
  await store.close();
});

test('a hash is replaced only where it still is the one of before', async () => {
  const store = await newStore();
  await add(store, userOf('anna', { passwordHash: 'one' }));
  const { id } = userOf('anna');
  const replace = (before: string, after: string) =>
    store.transaction(newCall(), (tx) => tx.users.replaceHash(id, before, after));
  expect(await replace('other', 'two')).toBe(false);
  expect(await replace('one', 'two')).toBe(true);
  expect(await replace('one', 'three')).toBe(false);
  expect(await store.users.byId(id)).toMatchObject({ passwordHash: 'two', version: 1 });
  await store.close();
});

test('settings are JSON by name', async () => {
  const store = await newStore();
  await store.transaction(newCall(), async (tx) => {
    await tx.settings.set('a', { b: [1, null] });
    await tx.settings.set('a', 'again');
  });
  expect(await store.settings.get('a')).toBe('again');
  expect(await store.settings.get('b')).toBeUndefined();
  await store.close();
});

test('a set of names tells new ones from known ones', () => {
  const names = new NameSet();
  expect(['anna', 'bert', 'anna', 'Anna', '', '', 'a\u0000b'].map((name) => names.add(name))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
  names.close();
});

test.runIf(databaseKind === 'sqlite')('a file is opened as the design has it', async () => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { sql } = await import('kysely');
  const folder = mkdtempSync(join(tmpdir(), 'authctl-test-'));
  const { db, close } = await openConnection(join(folder, 'a.db'), { create: true, timeoutMs: 1000 });
  const pragma = async (name: string) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db);
    return Object.values(rows[0] ?? {})[0];
  };
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(2);
  expect(await pragma('foreign_keys')).toBe(1);
  expect(await pragma('trusted_schema')).toBe(0);
  expect(await pragma('secure_delete')).toBe(1);
  expect(await pragma('busy_timeout')).toBe(1000);
  await close();
  rmSync(folder, { recursive: true });
});

test('what a transaction of another caller has not committed is in no export', async () => {
  const store = await newStore();
  await add(store, userOf('anna'));
  let commit = () => {};
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let written = () => {};
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const writing = store.transaction(newCall(), async (tx) => {
    await tx.users.insert(userOf('bert'));
    written();
    await held;
    throw new Error('taken back');
  });
  await isWritten;
  const page = store.exports.page({ status: undefined, after: undefined, limit: 10, withHashes: false }, now);
  commit();
  await expect(writing).rejects.toThrow('taken back');
  expect((await page).map(({ username }) => username)).toEqual(['anna']);
  await store.close();
});
