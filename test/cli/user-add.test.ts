import { expect, test } from 'vitest';
import { testCli } from '../cli.ts';

test('adding a user twice is a conflict and changes nothing', async () => {
  const { run } = await testCli();
  await run('user add alice --password-stdin', { stdin: 'Correct-horse-1' });
  const before = await run('audit show --json');

  const again = await run('user add ALICE --password-stdin --json', { stdin: 'Correct-horse-1' });

  expect(again).toMatchObject({ exitCode: 6, stdout: '' });
  expect(JSON.parse(again.stderr).error.code).toBe('user-exists');
  expect(await run('audit show --json')).toEqual(before);
});
