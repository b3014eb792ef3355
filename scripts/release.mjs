// npm run release -- 0.2.0 [--publish]: makes a release of the commit that is checked out; see "Releases" in CONTRIBUTING.md.
// Nothing is changed before everything has been checked, and what has been changed is taken back where a later step fails.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = (name) => join(root, name);
const changed = ['package.json', 'package-lock.json', 'CHANGELOG.md'];

class Refused extends Error {}

/** Runs a program, shows what it prints, and throws unless it exits 0. */
function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Refused(`${command} ${args.join(' ')} failed`, { cause: error });
}

/** What git prints. */
function git(...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Refused(`git ${args.join(' ')}: ${stderr.trim()}`);
  return stdout.trim();
}

const numbers = (version) => /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);

function isNewer(version, than) {
  const [one, other] = [numbers(version), numbers(than)];
  const at = one.findIndex((number, place) => number !== other[place]);
  return at !== -1 && one[at] > other[at];
}

/** The changelog in which what was unreleased belongs to a version. */
function released(changelog, version, date) {
  const [head, ...rest] = changelog.split(/^(?=## \[)/m);
  const [unreleased, ...older] = rest;
  const changes = unreleased?.startsWith('## [Unreleased]\n')
    ? unreleased.slice('## [Unreleased]\n'.length)
    : '';
  if (!/^- /m.test(changes))
    throw new Refused('CHANGELOG.md has no changes under [Unreleased]: there is nothing to release');
  return [head, '## [Unreleased]\n\n', `## [${version}] - ${date}\n`, changes, ...older].join('');
}

/** Runs the gate, unless it says that it has passed this commit. */
function passGate(commit) {
  const record = resolve(root, git('rev-parse', '--git-common-dir'), 'gate-passed');
  const passed = existsSync(record) && readFileSync(record, 'utf8').trim() === commit;
  if (!passed) run('bash', '.ci/run');
}

function release(version, publish) {
  const { version: current } = JSON.parse(readFileSync(file('package.json'), 'utf8'));
  const tag = `v${version}`;
  const tagged = git('tag').split('\n');
  if (!numbers(version)) throw new Refused('name the version, as in: npm run release -- 0.2.0');
  // The first release is of the version that package.json has from the beginning.
  if (version === current ? tagged.includes(`v${current}`) : !isNewer(version, current))
    throw new Refused(`${version} is not newer than ${current}`);
  if (tagged.includes(tag)) throw new Refused(`there is a tag ${tag} already`);
  if (git('status', '--porcelain') !== '')
    throw new Refused('the working tree has changes: commit them, or put them away');
  const date = new Date().toISOString().slice(0, 10);
  const changelog = released(readFileSync(file('CHANGELOG.md'), 'utf8'), version, date);
  passGate(git('rev-parse', 'HEAD'));

  try {
    run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version');
    writeFileSync(file('CHANGELOG.md'), changelog);
    run('npm', 'run', 'package:check');
    run('npm', 'pack');
  } catch (error) {
    git('checkout', '--', ...changed);
    throw error;
  }
  git('add', '--', ...changed);
  git('commit', '--message', `release: ${version}`);
  git('tag', '--annotate', tag, '--message', `authctl ${version}`);

  const last = ['npm', 'publish', `authctl-${version}.tgz`];
  console.log(`\n${tag} is tagged; send it with: git push --follow-tags`);
  if (publish) run(...last);
  else console.log(`and publish it with: ${last.join(' ')}`);
}

const words = process.argv.slice(2);
try {
  release(words.find((word) => !word.startsWith('-')) ?? '', words.includes('--publish'));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
