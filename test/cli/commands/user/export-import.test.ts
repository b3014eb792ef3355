import { expect, test } from 'vitest';
import { addCrowd, crowd, storedUsers } from '../../crowd.ts';
import { scene } from '../../scene.ts';

test.each(['csv', 'json', 'ndjson'])(
  'an export in %s, imported into an empty database, loses nothing',
  async (format) => {
    const [from, to] = [await scene(), await scene()];
    addCrowd(from);
    const before = storedUsers(from);
    const dump = from.path(`users.${format}`);
    await from.json(`user export --format ${format} --with-hashes --out ${dump}`);

    const { rows, created, rejected } = await to.json(`user import ${dump}`);

    expect({ rows, created, rejected }).toEqual({ rows: crowd.length, created: crowd.length, rejected: 0 });
    expect(storedUsers(to)).toEqual(before);
    expect(before.map(({ username }) => username)).toEqual(crowd.map(({ username }) => username));
    const columns = Object.keys(before[0] ?? {});
    expect(columns).toHaveLength(27);
    for (const column of columns)
      expect(
        before.some((user) => user[column] !== null),
        column,
      ).toBe(true);
  },
);

test('a re-imported export is exported unchanged', async () => {
  const [from, to] = [await scene(), await scene()];
  addCrowd(from);
  const dump = from.path('users.csv');
  await from.json(`user export --with-hashes --out ${dump}`);
  await to.json(`user import ${dump}`);

  const [one, other] = await Promise.all([from, to].map((cli) => cli.run('user export --with-hashes')));

  expect(one?.exitCode).toBe(0);
  expect(other?.stdout).toBe(one?.stdout);
});
