import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { programFile } from '../stress/program.ts';

const root = join(import.meta.dirname, '..', '..');
const { codeFolder } = createRequire(import.meta.url)('../../bin/load.js');

test('V8 accepts the compiled code that the build kept', () => {
  const kept = readdirSync(codeFolder);
  expect(kept.map((name) => name.replace(/(-.{8})?\.cjs$/, ''))).toEqual(
    expect.arrayContaining(['authctl', 'base', 'database', 'verify', 'logins']),
  );
  // In a process of its own: an import that has run in this one has changed V8's settings.
  const looking = `
    const { compile } = require(process.argv[1]);
    console.log(JSON.stringify(process.argv.slice(2).filter((name) => compile(name).cachedDataRejected !== false)));`;
  const loader = join(root, 'bin', 'load.js');
  const seen = spawnSync(process.execPath, ['-e', looking, loader, ...kept], { encoding: 'utf8' });
  expect(seen).toMatchObject({ status: 0, stdout: '[]\n' });
});

test('another version of V8, or other settings of it, make code of their own', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--no-lazy', programFile, '--version'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test('a file of the program that has changed runs as it is now, even where its length is the same', () => {
  const folder = testFolder();
  for (const part of ['bin', 'dist']) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const help = () =>
    spawnSync(process.execPath, [join(folder, 'bin', 'authctl.js'), '--help'], { encoding: 'utf8' }).stdout;
  expect(help()).toContain('show where a bug happened');

  const base = join(
    folder,
    'dist',
    readdirSync(join(folder, 'dist')).find((name) => /^base-.*\.cjs$/.test(name)) ?? '',
  );
  writeFileSync(
    base,
    readFileSync(base, 'utf8').replace('show where a bug happened', 'SHOW WHERE A BUG HAPPENED'),
  );

  expect(help()).toContain('SHOW WHERE A BUG HAPPENED');
});
