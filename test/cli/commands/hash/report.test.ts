import { expect, test } from 'vitest';
import { type Scene, scene } from '../../scene.ts';

interface Group {
  scheme: string | null;
  strength: string | null;
  parameters: Record<string, string | number>;
  users: number;
  ages: { underOneYear: number; oneToThreeYears: number; overThreeYears: number; unknown: number };
  oldest: string | null;
  newest: string | null;
}

const day = 24 * 60 * 60 * 1000;
const ago = (days: number) => new Date(Date.now() - days * day).toISOString();

function setHash({ sql }: Scene, name: string, hash: string | null, changedAt: string | null): void {
  sql((database) =>
    database
      .prepare('update users set password_hash = ?, password_changed_at = ? where username = ?')
      .run(hash, changedAt, name),
  );
}

test('an empty database has nothing to report', async () => {
  const { json, run } = await scene();
  expect(await json('hash report')).toEqual([]);
  expect(await run('hash report')).toEqual({ exitCode: 0, stdout: '', stderr: 'there are no users\n' });
});

test('hashes are counted by scheme, cost and age, weakest first', async () => {
  const set = await scene();
  const names = ['good1', 'good2', 'weak', 'fast1', 'fast2', 'fast3', 'plain', 'odd', 'bare'];
  for (const name of names) await set.json(`user add ${name} --no-password`);
  const good = `$2b$12$${'eImiTXuWVxfM37uY4JANjOL.oTxqp7WylW7FCzx2Lc7VLmdJIddZq'}`;
  setHash(set, 'good1', good, ago(1));
  setHash(set, 'good2', good, ago(364));
  setHash(set, 'weak', '$1$vkz8WswG$1qP/YBUudpWXiL21gnY8y1', ago(366));
  setHash(set, 'fast1', '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', ago(3 * 365 - 1));
  setHash(set, 'fast2', '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', ago(3 * 365 + 1));
  setHash(set, 'fast3', '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', null);
  setHash(set, 'plain', '{PLAIN.B64}cGFzc3dvcmQ=', ago(2000));
  setHash(set, 'odd', 'no hash that anybody knows', ago(5));

  const groups = await set.json<Group[]>('hash report');

  expect(groups.map(({ strength, scheme, users }) => [strength, scheme, users])).toEqual([
    ['none', 'plaintext', 1],
    ['fast', 'ldap-ssha', 3],
    ['weak', 'md5-crypt', 1],
    ['good', 'bcrypt', 2],
    [null, 'unknown', 1],
    [null, null, 1],
  ]);
  expect(groups[1]).toMatchObject({
    ages: { underOneYear: 0, oneToThreeYears: 1, overThreeYears: 1, unknown: 1 },
    oldest: expect.stringMatching(/^20/),
  });
  expect(groups[2]?.ages).toEqual({ underOneYear: 0, oneToThreeYears: 1, overThreeYears: 0, unknown: 0 });
  expect(groups[3]).toMatchObject({ parameters: { cost: 12 }, ages: { underOneYear: 2 } });
  expect(new Date(groups[3]?.oldest ?? 0) < new Date(groups[3]?.newest ?? 0)).toBe(true);
  expect(groups[5]).toMatchObject({ ages: { unknown: 1 }, oldest: null, newest: null });

  const seen = await set.run('hash report');
  expect(seen.stdout).toMatch(/^STRENGTH +SCHEME +PARAMETERS +USERS/);
  expect(seen.stdout).toContain('(no password)');
  expect(seen.stderr).toBe(
    '4 users have hashes that are fast to guess; authctl hash wrap strengthens them\n',
  );
});

test('costs are told apart, deleted users counted, and nothing is hinted at where nothing is fast', async () => {
  const set = await scene();
  await set.add('one', 'two');
  await set.json('policy set bcryptCost=5');
  await set.add('three');
  set.sql((database) =>
    database
      .prepare(`update users set deleted_at = created_at, deleted_by = 'x' where username = 'two'`)
      .run(),
  );
  const groups = await set.json<Group[]>('hash report');
  expect(groups.map(({ parameters, users }) => [parameters.cost, users])).toEqual([
    [4, 2],
    [5, 1],
  ]);
  expect((await set.run('hash report')).stderr).toBe('');
});

test('wrapped hashes are counted by the scheme inside', async () => {
  const set = await scene();
  await set.add('alice');
  setHash(set, 'alice', '{SSHA}zrgnc1qyWREAuuZjL8KwMOg/X/+h1FrL', ago(1));
  await set.json('hash wrap');
  const [group] = await set.json<Group[]>('hash report');
  expect(group).toMatchObject({
    scheme: 'wrapped',
    parameters: { inner: 'ldap-ssha', cost: 4 },
    ages: { underOneYear: 1 },
  });
});
