// Builds dist/: the program and its hashing worker as CommonJS, split where the source imports lazily.
// CommonJS starts faster than ES modules: every import of those is a turn of the event loop.
import { renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { rolldown } from 'rolldown';
import { makeStartCode } from './start-code.mjs';

const require = createRequire(import.meta.url);

// Modules of Node that take a millisecond or more to load: loaded when one of their members is first used.
const slow = [
  'node:crypto',
  'node:worker_threads',
  'node:child_process',
  'node:fs/promises',
  'node:timers/promises',
];
const lazyBuiltins = {
  name: 'lazy-builtins',
  resolveId: (id, importer) => {
    const name = id.startsWith('node:') ? id : `node:${id}`;
    return slow.includes(name) && !importer?.startsWith('\0lazy:') ? `\0lazy:${name}` : null;
  },
  load: (id) => {
    if (!id.startsWith('\0lazy:')) return null;
    const name = id.slice('\0lazy:'.length);
    const members = Object.keys(require(name)).filter((member) => member !== 'default');
    return members
      .map(
        (member) =>
          `Object.defineProperty(exports, '${member}', { enumerable: true, get: () => require('${name}').${member} });`,
      )
      .join('\n');
  },
};

// better-sqlite3 looks for its compiled part by way of a stack trace; here it is known where it is.
const knownBinding = {
  name: 'known-binding',
  resolveId: (id) => (id === 'bindings' ? '\0binding' : null),
  load: (id) =>
    id === '\0binding'
      ? `module.exports = () => require('better-sqlite3/build/Release/better_sqlite3.node');`
      : null,
};

const fresh = `dist.${process.pid}`;

const bundle = await rolldown({
  input: {
    authctl: 'src/main.ts',
    'hash-worker': 'src/hashing/worker.ts',
    'validation-worker': 'src/services/imports/validation-worker.ts',
  },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  // Compiled code stays in node_modules, and umzug, which only `migrate` needs, reads files beside its own.
  external: [/\.node$/, '@node-rs/bcrypt', '@node-rs/argon2', 'umzug'],
  plugins: [lazyBuiltins, knownBinding],
  // A door re-exports more than its caller uses: a file of src that is not used is not loaded for its effects.
  treeshake: { moduleSideEffects: (id) => !id.includes('/src/hashing/') },
  logLevel: 'warn',
});
await bundle.write({
  dir: fresh,
  format: 'cjs',
  dynamicImportInCjs: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  minify: true,
  // Read with --debug alone. The sources are in the repository, and their lines are what a report of a bug needs.
  sourcemap: true,
  sourcemapExcludeSources: true,
  codeSplitting: {
    // Opening a file costs more than reading a few kilobytes: what every command needs comes in one piece,
    // what every command that opens a database needs in another.
    groups: [
      {
        name: 'base',
        test: /commander|src\/(domain\/(errors|text)|settings\/|io\/(descriptors|output|errno|interruption)|version|cli\/[a-z-]+\.ts|cli\/input\/|cli\/render|cli\/commands\/index)/,
        priority: 3,
      },
      {
        // Doors name these files; without a place of their own they would come with every command.
        name: 'foreign-hashes',
        test: /src\/hashing\/(detect\/|digest\/(?!digest\.ts)|kdf\/firebase|crypt\/nt|primitives\/(?:scrypt|bounds|digests|md4))/,
        priority: 3,
        includeDependenciesRecursively: false,
      },
      {
        name: 'database',
        test: /better-sqlite3|kysely|migrations\/|src\/(store\/(index|store|repositories\/|schema\/(?:ledger|types|copy-mark)|dialects\/(?:dialect|index|inspector|sqlite\/(?:sqlite|errors|location)))|domain\/(?!password-policy)|hashing\/(registry|(?:crypt\/crypt|digest\/digest|kdf\/kdf)|strengthened|verification|new-hash|wrapped-scheme|scheme|crypt\/bcrypt|primitives\/(?:bcrypt-[a-z0-9]+|encoding)|kdf\/argon2)\.ts|cli\/views\/(times|user|session)\.ts|services\/(users\/(users|find-user|user-record|change|ended-access)|tokens\/tokens|policies|sessions\/sessions|context)\.ts)/,
        priority: 2,
      },
    ],
  },
});
await bundle.close();

// What was built before stays whole until the new one is.
rmSync('dist', { recursive: true, force: true });
renameSync(fresh, 'dist');

try {
  makeStartCode();
} catch (error) {
  console.warn(`the program was built and will start more slowly than it could: ${error.message}`);
}
