import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { programFile } from '../stress/program.ts';

const root = join(import.meta.dirname, '..', '..');

test('with --debug, the stack of a bug names files and lines of src', () => {
  const folder = testFolder();
  const breaking = join(folder, 'breaking.cjs');
  writeFileSync(breaking, `require('node:os').hostname = () => { throw new TypeError('no host'); };`);

  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', breaking, programFile, 'user', 'list', '--debug'],
    { env: { HOME: folder, AUTHCTL_DATABASE: join(folder, 'test.db') }, encoding: 'utf8' },
  );

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('TypeError: no host');
  // Each line that the stack names is the one that the source has there.
  const frames = [...stderr.matchAll(/\(?(\S+\/src\/(\S+\.ts)):(\d+):\d+\)?$/gm)];
  const lines = frames.map(([, path = '', file, line]) => ({
    file,
    text: readFileSync(path, 'utf8').split('\n')[Number(line) - 1],
  }));
  expect(lines).toContainEqual({ file: 'compose.ts', text: expect.stringContaining('hostname()') });
  expect(lines).toContainEqual({ file: 'cli/run.ts', text: expect.stringContaining('around.services(') });
  expect(frames.every(([path = '']) => path.includes(root))).toBe(true);
});
