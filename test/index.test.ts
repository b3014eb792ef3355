import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { type Authctl, AuthctlError, openAuthctl, type ShownEvent } from '../src/index.ts';
import { storeLocation } from './databases/database.ts';
import { testFolder } from './folder.ts';

const password = 'Correct-horse-1';

async function opened(): Promise<Authctl> {
  const authctl = await openAuthctl({ database: storeLocation(), actor: 'my-app', migrate: true });
  onTestFinished(() => authctl.close());
  await authctl.policies.set(['bcryptCost=4']);
  return authctl;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('an application adds users, logs them in and checks their sessions', async () => {
  const authctl = await opened();
  const { user } = await authctl.users.add({ username: 'alice', password: { kind: 'given', password } });
  expect(user).toMatchObject({ username: 'alice', createdBy: 'my-app', status: 'active' });
  const login = await authctl.sessions.login('alice', password);
  if (login.outcome !== 'ok' || !login.followed) throw new Error('no session');
  expect((await authctl.sessions.verify(login.followed.token)).user.id).toBe(user.id);
  expect(await authctl.sessions.login('alice', 'Wrong-guess-1')).toEqual({
    outcome: 'refused',
    reason: 'wrong-password',
  });
  expect((await all(authctl.users.list())).map(({ username }) => username)).toEqual(['alice']);
  expect(await all(authctl.sessions.list('alice'))).toHaveLength(1);
  expect(await authctl.audit.verify()).toMatchObject({ checkpointed: false });
});

test('a refusal is an AuthctlError with its code, and nothing has changed', async () => {
  const authctl = await opened();
  const add = () => authctl.users.add({ username: 'alice', password: { kind: 'none' } });
  await add();
  const refusal = await add().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AuthctlError);
  expect(refusal).toMatchObject({ code: 'user-exists' });
  await expect(all(authctl.sessions.list('nobody'))).rejects.toMatchObject({ code: 'user-not-found' });
  expect(await authctl.users.count()).toBe(1);
});

test('a server serves each request as its own caller', async () => {
  const authctl = await opened();
  const requests = ['anna', 'bert', 'carl'].map((actor) => authctl.as({ actor, host: 'web-1', via: 'http' }));
  await Promise.all(
    requests.map((request, index) =>
      request.users.add({ username: `user${index}`, password: { kind: 'none' } }),
    ),
  );
  const events: ShownEvent[] = await all(authctl.audit.show({ action: 'user.add' }));
  expect(events.map(({ actor, host, via, part }) => ({ actor, host, via, part })).sort()).toEqual(
    ['anna', 'bert', 'carl'].map((actor) => ({ actor, host: 'web-1', via: 'http', part: 1 })),
  );
  expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(3);
});

test.each([
  { actor: '' },
  { actor: 'a\nb' },
  { actor: 'a'.repeat(201) },
  { actor: 'alice', host: 'h'.repeat(256) },
  { actor: 'alice', via: '\u001b[31m' },
  { actor: 'alice', osUser: '' },
  { actor: 'alice', requestId: '1234' },
])('a caller whom no event can name is refused: %j', async (caller) => {
  const authctl = await opened();
  expect(() => authctl.as(caller)).toThrow(expect.objectContaining({ code: 'usage' }));
  await expect(openAuthctl({ database: 'memory:', ...caller })).rejects.toMatchObject({ code: 'usage' });
});

test('opening a database that cannot be used throws', async () => {
  const folder = testFolder();
  const missing = openAuthctl({ database: join(folder, 'none.db'), actor: 'my-app' });
  await expect(missing).rejects.toMatchObject({ code: 'database-missing' });
  expect(readdirSync(folder)).toEqual([]);
});

test('files that the library writes are readable by their owner alone under every umask', async () => {
  const folder = testFolder();
  const before = process.umask(0);
  try {
    const authctl = await openAuthctl({ database: join(folder, 'users.db'), actor: 'my-app', migrate: true });
    await authctl.users.add({ username: 'alice', password: { kind: 'none' } });
    const { signal } = new AbortController();
    await authctl.exports.toFile(
      { format: 'csv', withHashes: false, status: undefined, signal },
      join(folder, 'users.csv'),
      { replace: false },
    );
    await authctl.database.backup(join(folder, 'backup.db'), { replace: false, signal });
    expect(process.umask()).toBe(0);
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    await authctl.close();
    expect(modes.length).toBeGreaterThanOrEqual(5);
    expect(modes.filter(([, mode]) => mode !== 0o600)).toEqual([]);
  } finally {
    process.umask(before);
  }
});

test('an import brings users in, with threads, and sets no flag of the engine', async () => {
  const authctl = await opened();
  const file = join(testFolder(), 'dump.csv');
  const names = Array.from({ length: 20_000 }, (_, index) => `person${index}`);
  writeFileSync(file, `username,firstName\n${names.map((name) => `${name},Somebody\n`).join('')}`, {
    mode: 0o600,
  });
  const notes: string[] = [];
  // As a program without strict types may give it.
  const leftOut: object = { onConflict: undefined, batch: undefined };
  const report = await authctl.imports.run({
    ...leftOut,
    file,
    allowNoPassword: true,
    onNote: (text) => notes.push(text),
  });
  expect(report).toMatchObject({ rows: 20_000, created: 20_000, rejected: 0 });
  expect(notes).toEqual([]);
  expect(runInNewContext('typeof gc')).toBe('undefined');
});

test('only the program and its own thread tune the engine, and nothing blocks a thread', () => {
  const root = join(import.meta.dirname, '..', 'src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const whoHas = (pattern: RegExp) =>
    files.filter((name) => pattern.test(readFileSync(join(root, name), 'utf8'))).sort();
  expect(whoHas(/from 'node:v8'/)).toEqual(['io/heap.ts']);
  expect(whoHas(/import (?!type).*heap\.ts'|import\('.*heap\.ts'\)/)).toEqual([
    'main.ts',
    'services/imports/validation-worker.ts',
  ]);
  expect(whoHas(/Atomics\.wait/)).toEqual([]);
});
