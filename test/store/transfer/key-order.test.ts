import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openConnection } from '../../../src/store/index.ts';
import { behind, order } from '../../../src/store/transfer/key-order.ts';

const rows = [
  { a: 1, b: 1, c: 2 },
  { a: 1, b: 2, c: 1 },
  { a: 1, b: 2, c: 2 },
  { a: 2, b: 1, c: 1 },
];

async function filled() {
  const { db, close } = await openConnection('memory:', { create: true, timeoutMs: 1000 });
  onTestFinished(close);
  await sql`create table t (a integer, b integer, c integer)`.execute(db);
  for (const { a, b, c } of rows.toReversed()) await sql`insert into t values (${a}, ${b}, ${c})`.execute(db);
  return db;
}

test.each(rows.map((row, index) => [row, rows.slice(index + 1)] as const))(
  'behind %j stand those that follow it in the order of all columns',
  async (row, following) => {
    const db = await filled();
    const columns = ['a', 'b', 'c'];
    const found =
      await sql`select * from t where ${behind(columns, row)} order by ${order(columns, 'asc')}`.execute(db);
    expect(found.rows).toEqual(following);
  },
);

test('the order of several columns can be turned round', async () => {
  const { rows: found } = await sql`select * from t order by ${order(['a', 'b', 'c'], 'desc')}`.execute(
    await filled(),
  );
  expect(found).toEqual(rows.toReversed());
});
