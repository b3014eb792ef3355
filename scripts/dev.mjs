// npm run dev -- user list: runs the program from the sources as they are now; bundles them first where they have changed.
// npm run watch -- user list: runs it again after each change.
// The bundle is apart from dist/, which is what would be installed.
import { spawn } from 'node:child_process';
import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildQuickly } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
// The program looks for its workers in a folder of this name; the libraries are found from here.
const folder = join(root, 'node_modules', '.cache', 'authctl', 'dist');
const program = join(folder, 'authctl.cjs');
const sources = ['src', 'migrations'].map((name) => join(root, name));

const [mode, ...words] =
  process.argv[2] === '--watch' ? process.argv.slice(2) : ['--once', ...process.argv.slice(2)];

const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Says whether a source, or a folder that lost or got one, is newer than the bundle. */
function isStale() {
  const built = changed(program);
  const files = sources.flatMap((source) =>
    readdirSync(source, { recursive: true }).map((name) => join(source, name)),
  );
  const others = ['package.json', 'package-lock.json', 'scripts/build.mjs'].map((name) => join(root, name));
  return [...sources, ...files, ...others].some((file) => changed(file) >= built);
}

async function start() {
  if (isStale()) await buildQuickly(folder);
  return spawn(process.execPath, ['--enable-source-maps', program, ...words], { stdio: 'inherit' });
}

if (mode === '--once') {
  const child = await start();
  // A signal of the terminal goes to both; the program says how it ends.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal !== null) console.error(`authctl was ended by ${signal}`);
  });
} else {
  let child;
  let due;
  /** Settled when the program has been built and started as often as was asked for. */
  let turn = Promise.resolve();
  const watched = new Set();
  // Folder by folder: Node's own way to watch a tree loses files that an editor replaces.
  const watchFolders = () => {
    const inside = sources.flatMap((source) =>
      readdirSync(source, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    for (const folder of [...sources, ...inside]) {
      if (watched.has(folder)) continue;
      watched.add(folder);
      watch(folder, () => {
        // An editor changes a file in several steps, and a branch many files at once.
        clearTimeout(due);
        due = setTimeout(() => {
          turn = turn.then(again);
        }, 100);
      }).on('error', () => watched.delete(folder));
    }
  };
  const again = async () => {
    child?.kill();
    watchFolders();
    console.error(`\n$ authctl ${words.join(' ')}`);
    try {
      child = await start();
    } catch (error) {
      // What is being typed is not always a program.
      console.error(error.message);
    }
  };
  turn = again();
}
