import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';

const root = join(import.meta.dirname, '..', '..');
const changelog =
  '# Changelog\n\n## [Unreleased]\n\n- A thing.\n\n## [0.1.0] - 2026-01-01\n\n- The beginning.\n';

/** A repository of version 0.1.0 with its tag, the script, and something to release. */
function repository() {
  const folder = testFolder();
  const identity = { NAME: 'Releaser', EMAIL: 'releaser@example.org' };
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: folder };
  for (const [key, value] of Object.entries(identity)) {
    env[`GIT_AUTHOR_${key}`] = value;
    env[`GIT_COMMITTER_${key}`] = value;
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env, encoding: 'utf8' });
  mkdirSync(join(folder, 'scripts'));
  cpSync(join(root, 'scripts', 'release.mjs'), join(folder, 'scripts', 'release.mjs'));
  const manifest = { name: 'authctl', version: '0.1.0', scripts: { 'package:check': 'test -e checked' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name: 'authctl', version: '0.1.0', lockfileVersion: 3, packages: { '': {} } }),
  );
  writeFileSync(join(folder, '.gitignore'), 'checked\n.npm/\nauthctl-*.tgz\n');
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'all');
  git('tag', 'v0.1.0');
  return {
    folder,
    git,
    release: (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release.mjs', ...args], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    },
  };
}

test.each([
  ['no version', [], 'name the version, as in: npm run release -- 0.2.0'],
  ['what is no version', ['next'], 'name the version, as in: npm run release -- 0.2.0'],
  ['an older version', ['0.0.9'], '0.0.9 is not newer than 0.1.0'],
  ['the version that was released', ['0.1.0'], '0.1.0 is not newer than 0.1.0'],
])('a release of %s is refused', (_what, args, reason) => {
  expect(repository().release(...args)).toEqual({ status: 1, stdout: '', stderr: `release: ${reason}\n` });
});

test('a release of files that are not committed is refused', () => {
  const { folder, release } = repository();
  appendFileSync(join(folder, 'package.json'), '\n');

  expect(release('0.2.0')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'release: the working tree has changes: commit them, or put them away\n',
  });
});

test('a release without changes is refused', () => {
  const { folder, git, release } = repository();
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog.replace('- A thing.\n\n', ''));
  git('commit', '--quiet', '--all', '--message', 'nothing to say');

  expect(release('0.2.0')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'release: CHANGELOG.md has no changes under [Unreleased]: there is nothing to release\n',
  });
});

test('a release that the gate or the check of the package refuses leaves everything as it was', () => {
  const { folder, git, release } = repository();
  const before = git('log', '--oneline');
  // There is no gate here.
  expect(release('0.2.0')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('bash .ci/run failed'),
  });
  // It has passed, and the check of the package fails.
  writeFileSync(join(folder, '.git', 'gate-passed'), git('rev-parse', 'HEAD'));
  expect(release('0.2.0')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('npm run package:check failed'),
  });

  expect(git('log', '--oneline')).toBe(before);
  expect(git('status', '--porcelain')).toBe('');
  expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toBe(changelog);
});

test('a release is a commit with the version and the changelog of it, a tag, and a package', () => {
  const { folder, git, release } = repository();
  writeFileSync(join(folder, '.git', 'gate-passed'), git('rev-parse', 'HEAD'));
  writeFileSync(join(folder, 'checked'), '');

  const { status, stdout } = release('0.2.0');

  expect(status).toBe(0);
  expect(stdout).toMatch(/git push --follow-tags\nand publish it with: npm publish authctl-0\.2\.0\.tgz\n$/);
  expect(git('tag', '--points-at', 'HEAD')).toBe('v0.2.0\n');
  expect(git('log', '-1', '--format=%s')).toBe('release: 0.2.0\n');
  expect(git('status', '--porcelain')).toBe('');
  for (const name of ['package.json', 'package-lock.json'])
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8')).version).toBe('0.2.0');
  const today = new Date().toISOString().slice(0, 10);
  expect(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')).toBe(
    changelog.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [0.2.0] - ${today}\n`),
  );
  expect(existsSync(join(folder, 'authctl-0.2.0.tgz'))).toBe(true);
});
