import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openConnection, requireCurrentSchema } from '../../../src/store/index.ts';
import { type CopyMark, isMarkName, nothing } from '../../../src/store/schema/copy-mark.ts';
import { CopyTarget } from '../../../src/store/transfer/copy-target.ts';
import { testFolder } from '../../cli.ts';

const now = () => new Date('2027-03-01T12:00:00.000Z');
const mark = (run: string): CopyMark => ({
  source: 'a'.repeat(16),
  head: 'b'.repeat(40),
  run: run.repeat(12),
});
const settings = ['a', 'b', 'c'].map((name) => ({ name, value: 'null' }));

/** What opens one database again and again, each time as another run of the program would. */
async function database() {
  const file = join(testFolder(), 'target.db');
  const open = async () => {
    const connection = await openConnection(file, { create: true, timeoutMs: 1000 });
    onTestFinished(() => connection.close());
    return { target: new CopyTarget(connection, now), db: connection.db };
  };
  const { target } = await open();
  await target.look();
  await target.migrate();
  return open;
}

const changed = { code: 'changed-meanwhile' };

test('a run whose target has been taken by another can do nothing to it any more', async () => {
  const open = await database();
  const [{ target: first, db }, { target: second }] = [await open(), await open()];
  await first.look();
  await first.take(mark('1'));
  await first.write('settings', undefined, settings);
  expect(await second.look()).toEqual(mark('1'));
  await second.take(mark('2'));

  await expect(first.write('settings', { name: 'c' }, [{ name: 'd', value: '1' }])).rejects.toMatchObject(
    changed,
  );
  await expect(first.clear('settings')).rejects.toMatchObject(changed);
  await expect(first.take({ ...mark('1'), head: nothing })).rejects.toMatchObject(changed);
  await expect(first.empty()).rejects.toMatchObject({ code: 'database-incomplete' });
  await expect(first.finish()).rejects.toMatchObject(changed);

  expect(await db.selectFrom('settings').selectAll().orderBy('name').execute()).toEqual(settings);
  await second.finish();
  const ledger = await db.selectFrom('schema_migrations').select('name').execute();
  expect(ledger.filter(({ name }) => isMarkName(name))).toEqual([]);
});

test('of two runs that find nothing one takes the target', async () => {
  const open = await database();
  const [{ target: first }, { target: second }] = [await open(), await open()];
  await first.look();
  await second.look();
  await first.take(mark('1'));
  await expect(second.take(mark('2'))).rejects.toMatchObject(changed);
});

test('who writes between the look and the mark is noticed', async () => {
  const open = await database();
  const { target, db } = await open();
  await target.look();
  await db.insertInto('settings').values({ name: 'x', value: '1' }).execute();
  await expect(target.take(mark('1'))).rejects.toMatchObject({ code: 'target-not-empty' });
});

test('what is done again after an answer that was lost is done once', async () => {
  const { target, db } = await (await database())();
  await target.look();
  for (const _ of [1, 2]) {
    await target.take(mark('1'));
    await target.write('settings', undefined, settings.slice(0, 2));
  }
  for (const _ of [1, 2]) await target.write('settings', { name: 'b' }, settings.slice(2));
  expect(await db.selectFrom('settings').selectAll().orderBy('name').execute()).toEqual(settings);
  for (const _ of [1, 2]) await target.finish();
});

test('rows that are not there are not passed over', async () => {
  const { target } = await (await database())();
  await target.look();
  await target.take(mark('1'));
  await expect(target.write('settings', { name: 'b' }, settings.slice(2))).rejects.toMatchObject(changed);
});

test('a target refuses to be used from before its first table is made', async () => {
  const file = join(testFolder(), 'target.db');
  const connection = await openConnection(file, { create: true, timeoutMs: 1000 });
  onTestFinished(() => connection.close());
  // The first migration fails: it would make this table.
  await sql`create table users (id integer)`.execute(connection.db);
  const target = new CopyTarget(connection, now);
  await target.look();
  await expect(target.begin(mark('1'))).rejects.toMatchObject({ code: 'database-unusable' });
  await expect(requireCurrentSchema(connection)).rejects.toMatchObject({ code: 'database-incomplete' });
});

test('rows that somebody writes before the mark is put up keep their database', async () => {
  const open = await database();
  const { target, db } = await open();
  await target.look();
  await db.insertInto('settings').values({ name: 'x', value: '1' }).execute();
  await expect(target.begin(mark('1'))).rejects.toMatchObject({ code: 'target-not-empty' });
  const ledger = await db.selectFrom('schema_migrations').select('name').execute();
  expect(ledger.filter(({ name }) => isMarkName(name))).toEqual([]);
});
