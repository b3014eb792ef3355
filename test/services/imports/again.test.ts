import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { ImportService } from '../../../src/services/imports/imports.ts';
import { openConnection, openStore } from '../../../src/store/index.ts';
import { Migrator } from '../../../src/store/schema/migrator.ts';
import { testFolder } from '../../cli.ts';

class Conflict extends Error {}

/** A database in which every third batch of users meets a conflict, and transactions are run again after one. */
async function contested() {
  const now = () => new Date('2027-03-01T12:00:00.000Z');
  const connection = await openConnection('memory:', { create: true, timeoutMs: 1000 });
  await new Migrator(connection, now).up();
  let batches = 0;
  let conflicts = 0;
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      conflicts += 1;
      return attempt(work);
    }
  };
  const bulkInsert: typeof connection.bulkInsert = async (tx, table, rows) => {
    await connection.bulkInsert(tx, table, rows);
    if (table !== 'users') return;
    batches += 1;
    if (batches % 3 === 0) throw new Conflict();
  };
  const caller = new Call({ actor: 'op', osUser: 'root', host: 'h1' });
  const store = await openStore({ ...connection, attempt, repeats: true, bulkInsert }, now);
  const imports = new ImportService(
    { store, caller, now },
    { hashWorker: '', validationWorker: '', cores: 2 },
  );
  return { store, imports, conflicts: () => conflicts };
}

test('an import whose transactions are run again writes each row once, and each reject', async () => {
  const folder = testFolder();
  const [source, rejects] = [join(folder, 'dump.csv'), join(folder, 'rejects.csv')];
  const hash = `$2b$12$${'.'.repeat(53)}`;
  const names = Array.from({ length: 600 }, (_, index) => (index % 10 === 9 ? '!' : `user_${index}`));
  const lines = names.map((name) => `${name},${hash}\n`);
  writeFileSync(source, `username,password_hash\n${lines.join('')}`, { mode: 0o600 });
  const { store, imports, conflicts } = await contested();

  const report = await imports.run({
    source,
    rejects,
    stdin: () => process.stdin,
    map: new Map(),
    onConflict: 'reject',
    updatePasswords: false,
    weakPasswords: 'flag',
    allowNoPassword: false,
    plaintext: false,
    wrapWeak: false,
    dryRun: false,
    resume: false,
    batch: 10_000,
    signal: new AbortController().signal,
    note: async () => {},
    warn: async () => {},
  });

  expect(conflicts()).toBeGreaterThan(1);
  expect(report).toMatchObject({ rows: 600, created: 540, rejected: 60 });
  const added = await store.events.page({ action: 'user.add' }, { limit: 1000 });
  expect(added).toHaveLength(540);
  expect(new Set(added.map((event) => event.target)).size).toBe(540);
  const named = readFileSync(rejects, 'utf8').trim().split('\n').slice(1);
  expect(named.map((line) => Number(line.split(',')[0]))).toEqual(
    names.flatMap((name, index) => (name === '!' ? [index + 2] : [])),
  );
  await store.close();
});
