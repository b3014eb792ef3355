import { expect, test } from 'vitest';
import { identify } from '../../../../src/hashing/index.ts';
import { goodPassword, type Scene, scene } from '../../scene.ts';

const words = ['Second-horse-2', 'Third-horse-3', 'Fourth-horse-4', 'Fifth-horse-5'] as const;
const [second, third, fourth, fifth] = words;

async function sceneWithAlice(
  policy: string,
): Promise<Scene & { change(password: string): Promise<number> }> {
  const cli = await scene();
  for (const word of words) cli.secret(word);
  await cli.json(`policy set ${policy}`);
  await cli.add('alice');
  const change = async (password: string) =>
    (await cli.run('user passwd alice --password-stdin', { stdin: password })).exitCode;
  return { ...cli, change };
}

const former = (cli: Scene) =>
  cli.sql((database) =>
    database.prepare<string>('select password_hash from password_history order by replaced_at').pluck().all(),
  );

test('without a history any password may be used again, and none is kept', async () => {
  const cli = await sceneWithAlice('passwordHistory=0');
  expect(await cli.change(goodPassword)).toBe(0);
  expect(await cli.change(second)).toBe(0);
  expect(await cli.change(goodPassword)).toBe(0);
  expect(former(cli)).toEqual([]);
});

test('the current password and as many former ones as the policy says are refused', async () => {
  const cli = await sceneWithAlice('passwordHistory=2');
  expect(await cli.change(goodPassword)).toBe(4);
  expect(await cli.change(second)).toBe(0);
  expect(await cli.change(third)).toBe(0);
  const before = cli.contents();
  for (const used of [goodPassword, second, third]) {
    expect(await cli.fails('user passwd alice --password-stdin', { stdin: used })).toMatchObject({
      exitCode: 4,
      code: 'invalid-password',
      message: 'the password was used before',
    });
  }
  expect(cli.contents()).toBe(before);
  expect(await cli.change(fourth)).toBe(0);
  expect(await cli.change(goodPassword)).toBe(0);
  expect(await cli.change(third)).toBe(4);
  expect(await cli.change(fourth)).toBe(4);
  expect(await cli.change(second)).toBe(0);
  expect(former(cli)).toHaveLength(2);
});

test('a password is the same in any spelling of its characters', async () => {
  const cli = await sceneWithAlice('passwordHistory=1');
  expect(await cli.change(cli.secret('Cafe\u0301-horse-1'))).toBe(0);
  expect(await cli.change(cli.secret('Caf\u00e9-horse-1'))).toBe(4);
});

test('less history forgets at the next change, and none forgets all of it', async () => {
  const cli = await sceneWithAlice('passwordHistory=3');
  for (const word of [second, third, fourth]) expect(await cli.change(word)).toBe(0);
  expect(former(cli)).toHaveLength(3);
  await cli.json('policy set passwordHistory=1');
  expect(await cli.change(second)).toBe(0);
  expect(former(cli)).toHaveLength(1);
  await cli.json('policy set passwordHistory=0');
  expect(await cli.change(fifth)).toBe(0);
  expect(former(cli)).toEqual([]);
});

test('a made password counts, and the one that it replaces too', async () => {
  const cli = await sceneWithAlice('passwordHistory=5');
  const made = (await cli.run('user passwd alice --generate')).stdout.trimEnd();
  expect(await cli.change(made)).toBe(4);
  expect(await cli.change(goodPassword)).toBe(4);
  expect(await cli.change(second)).toBe(0);
  expect(await cli.change(made)).toBe(4);
});

test('one user’s former passwords are not another’s', async () => {
  const cli = await sceneWithAlice('passwordHistory=5');
  await cli.add('bob');
  expect(await cli.change(second)).toBe(0);
  expect((await cli.run('user passwd bob --password-stdin', { stdin: second })).exitCode).toBe(0);
});

const dumped = [
  ['md5', '5f4dcc3b5aa765d61d8327deb882cf99', 'wrapped', 'password'],
  ['bcrypt of today', undefined, 'bcrypt', goodPassword],
] as const;

test.each(dumped)('the history keeps a strong hash of %s', async (_what, hash, scheme, password) => {
  const cli = await sceneWithAlice(
    'passwordHistory=2 bcryptCost=10 passwordMinLength=4 passwordRequireUpper=no passwordRequireDigit=no passwordForbidCommon=no',
  );
  if (hash !== undefined) {
    const dump = cli.file('dump.csv', `username,passwordHash\nalice,${hash}\n`);
    const line = `user import ${dump} --hash-format md5 --on-conflict update --update-passwords`;
    expect((await cli.run(line)).exitCode).toBe(0);
  }
  expect(await cli.change(second)).toBe(0);
  const [kept = ''] = former(cli);
  const identified = await identify(kept);
  expect(identified).toMatchObject({ scheme: { id: scheme }, hash: { strength: 'good' } });
  expect(await cli.change(password)).toBe(4);
});

test('a plain password that was taken in is kept as a hash of today', async () => {
  const cli = await sceneWithAlice('passwordHistory=2');
  cli.sql((database) => database.exec(`update users set password_hash = '{PLAIN}Plain-horse-9'`));
  expect(await cli.change(second)).toBe(0);
  expect(former(cli)).toEqual([expect.stringMatching(/^\$2b\$04\$/)]);
  expect(await cli.change('Plain-horse-9')).toBe(4);
});

test('the history keeps no hash that cannot be verified', async () => {
  const cli = await sceneWithAlice('passwordHistory=2');
  cli.sql((database) => database.exec(`update users set password_hash = 'what is this?'`));
  expect(await cli.change(second)).toBe(0);
  expect(former(cli)).toEqual([]);
});

test('purging a user takes the former passwords along', async () => {
  const cli = await sceneWithAlice('passwordHistory=2');
  expect(await cli.change(second)).toBe(0);
  await cli.json('user delete alice');
  expect(former(cli)).toHaveLength(1);
  await cli.json('user purge alice --yes');
  expect(former(cli)).toEqual([]);
});
