// npm run package:check: packs authctl, looks at what the package holds, installs it where nothing of this folder can help,
// and uses program and library. Takes half a minute, for nothing is compiled: the compiled part of better-sqlite3 is taken
// from here.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = require('../package.json');
const scratch = mkdtempSync(join(tmpdir(), 'authctl-package-'));
const home = join(scratch, 'home');

/** Runs a program and gives what it wrote to stdout; throws unless it exits as expected. */
function run(command, args, { expected = 0, ...options } = {}) {
  const seen = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (seen.status === expected) return seen.stdout;
  const line = [command, ...args].join(' ');
  throw new Error(`${line}: exit ${seen.status}, expected ${expected}\n${seen.stdout}${seen.stderr}`, {
    cause: seen.error,
  });
}

/** Every file below a folder, relative to it, with its size and time of change. */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => ({ name, stats: statSync(join(folder, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({
      name: name.replaceAll('\\', '/'),
      size: stats.size,
      changed: stats.mtimeMs,
    }));
}

const names = (files) => files.map(({ name }) => name).sort();

/** Packs authctl, which builds it first; gives the path of the package. */
function pack() {
  // What the scripts print comes before the JSON.
  const printed = run('npm', ['pack', '--json', '--pack-destination', scratch], { cwd: root });
  const [{ filename, files }] = JSON.parse(printed.slice(printed.search(/^\[$/m)));
  const inside = files.map(({ path }) => path).sort();

  const tracked = run('git', ['ls-files', 'bin', 'docs'], { cwd: root }).trim().split('\n');
  const built = names(filesBelow(join(root, 'dist'))).map((name) => `dist/${name}`);
  const alone = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  const types = ['types/index.d.cts', 'types/index.d.mts'];
  const wanted = [...alone, ...tracked, ...types, ...built];
  deepStrictEqual(
    {
      missing: wanted.filter((name) => !inside.includes(name)),
      unwanted: inside.filter((name) => !wanted.includes(name)),
    },
    { missing: [], unwanted: [] },
  );

  const chunks = built.filter((name) => /^dist\/[\w.-]+\.cjs$/.test(name));
  const expected = new Set([
    ...chunks,
    ...chunks.map((name) => `${name}.map`),
    'dist/index.mjs',
    'dist/licenses.txt',
    ...chunks.map((name) =>
      name.replace('dist/', `dist/code/${process.version}-${process.platform}-${process.arch}/`),
    ),
  ]);
  deepStrictEqual(
    built.filter((name) => !expected.has(name)),
    [],
    'the build left files that the package does not need',
  );
  for (const entry of ['authctl', 'index', 'hash-worker', 'validation-worker'])
    ok(chunks.includes(`dist/${entry}.cjs`), entry);
  for (const name of inside)
    ok(!readFileSync(join(root, name)).includes(root), `${name} names the folder that it was built in`);
  return join(scratch, filename);
}

/**
 * Puts the compiled part of better-sqlite3 that lies in node_modules where its install script looks for one before it
 * fetches or compiles it; see `local-prebuilds` of prebuild-install.
 */
function offerCompiledSqlite() {
  const { name, version } = require('better-sqlite3/package.json');
  const library = dirname(require.resolve('better-sqlite3/package.json'));
  const libc =
    process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime ? 'musl' : '';
  const abi = `node-v${process.versions.modules}-${process.platform}${libc}-${process.arch}`;
  run('tar', [
    ...['-czf', join(scratch, `${name}-v${version}-${abi}.tar.gz`)],
    ...['-C', library, 'build/Release/better_sqlite3.node'],
  ]);
  writeFileSync(join(home, '.prebuild-installrc'), JSON.stringify({ 'local-prebuilds': scratch }));
}

/** Installs the package for all users below a folder; gives its folder. */
function install(tarball) {
  const prefix = join(scratch, 'prefix');
  const setting = (name) => run('npm', ['config', 'get', name], { cwd: root }).trim();
  run(
    'npm',
    ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', tarball],
    {
      cwd: home,
      // The registry and the cache are the caller's, the rest of his home is not.
      env: {
        ...process.env,
        HOME: home,
        npm_config_userconfig: setting('userconfig'),
        npm_config_cache: setting('cache'),
      },
    },
  );
  return prefix;
}

/** Uses the installed program as an operator would. */
function useProgram(prefix) {
  const env = {
    PATH: `${join(prefix, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: home,
    AUTHCTL_DATABASE: join(home, 'users.db'),
  };
  const authctl = (words, options = {}) => run('authctl', words, { env, cwd: home, ...options });
  const password = 'Correct-horse-1';

  strictEqual(authctl(['--version']), `${manifest.version}\n`);
  match(authctl(['--help']), /user add/);
  match(authctl(['migrate', 'up']), /^applied 0001-users/);
  const added = JSON.parse(
    authctl(['user', 'add', 'alice', '--password-stdin', '--json'], { input: password }),
  );
  strictEqual(added.username, 'alice');
  const login = ['user', 'login', 'alice', '--password-stdin'];
  authctl(login, { input: password });
  authctl(login, { input: 'not hers', expected: 3 });
  // The workers that read and hash are files of their own.
  const dump = join(home, 'dump.csv');
  writeFileSync(dump, 'username,password\nbob,Correct-horse-2\n', { mode: 0o600 });
  authctl(['user', 'import', dump]);
  authctl(['user', 'login', 'bob', '--password-stdin'], { input: 'Correct-horse-2' });
  deepStrictEqual(authctl(['user', 'list', '-o', 'ids']).trim().split('\n').length, 2);
  authctl(['audit', 'verify']);
  authctl(['user', 'show', 'nobody', '--debug'], { expected: 5 });
}

/** Compiles programs in TypeScript against the installed package, and runs them. */
function useLibrary(installed) {
  const folder = join(scratch, 'app');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(installed, join(folder, 'node_modules', 'authctl'));
  for (const name of ['program.mts', 'program.cts'])
    copyFileSync(join(root, 'scripts', 'package', name), join(folder, name));
  // Types of Node are what a program for Node has; those of other libraries must not be needed.
  mkdirSync(join(folder, 'node_modules', '@types'));
  symlinkSync(
    dirname(require.resolve('@types/node/package.json')),
    join(folder, 'node_modules', '@types', 'node'),
  );
  const compile = (...options) =>
    run(
      process.execPath,
      [
        ...[require.resolve('typescript/bin/tsc'), '--strict', '--exactOptionalPropertyTypes'],
        ...['--target', 'es2023', '--lib', 'es2023', ...options],
      ],
      { cwd: folder },
    );
  compile('--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit', 'program.mts');
  compile('--module', 'nodenext', 'program.mts', 'program.cts');

  const dump = join(folder, 'dump.csv');
  writeFileSync(dump, 'username,password\nbob,Correct-horse-2\n', { mode: 0o600 });
  const env = { HOME: home };
  const database = join(folder, 'users.db');
  run(process.execPath, ['program.mjs', database, dump], { cwd: folder, env });
  run(process.execPath, ['program.cjs', database], { cwd: folder, env });
}

/** Holds that V8 takes the code that came with the package; it is of this Node, which has just packed it. */
function lookAtKeptCode(installed) {
  const loader = join(installed, 'bin', 'load.js');
  const rejected = run(process.execPath, [
    ...['-p', 'require(process.argv[1]).compile("authctl.cjs").cachedDataRejected', loader],
  ]);
  strictEqual(rejected, 'false\n', 'V8 does not take the code that came with the package');
}

try {
  mkdirSync(home);
  const tarball = pack();
  offerCompiledSqlite();
  const prefix = install(tarball);
  const installed = join(prefix, 'lib', 'node_modules', 'authctl');
  const before = filesBelow(installed);
  const libraries = readdirSync(join(installed, 'node_modules'));
  for (const name of Object.keys(manifest.devDependencies))
    ok(!libraries.includes(name), `${name} is installed, which only the build needs`);
  lookAtKeptCode(installed);
  useProgram(prefix);
  useLibrary(installed);
  deepStrictEqual(filesBelow(installed), before, 'using authctl has changed its installed files');
  console.log(
    `${manifest.name} ${manifest.version}: ${(statSync(tarball).size / 1e6).toFixed(1)} MB packed, ` +
      `installs with ${libraries.length} libraries, and works`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
