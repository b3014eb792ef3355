// Builds dist/: the program, the library and their workers as CommonJS, split where the source imports lazily.
// CommonJS starts faster than ES modules: every import of those is a turn of the event loop.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licensesOf } from './licenses.mjs';
import { makeStartCode } from './start-code.mjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));

// Modules of Node that take a millisecond or more to load. The program loads them when it first uses one of their members.
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

// better-sqlite3 finds its compiled part from a stack trace, which does not work in a bundle: here its path is given.
const knownBinding = {
  name: 'known-binding',
  resolveId: (id) => (id === 'bindings' ? '\0binding' : null),
  load: (id) =>
    id === '\0binding'
      ? `module.exports = () => require('better-sqlite3/build/Release/better_sqlite3.node');`
      : null,
};

// umzug has a command line of its own, with forty packages below it, which authctl does not use.
const withoutUmzugCommands = {
  name: 'without-umzug-commands',
  resolveId: (id, importer) => (id === './cli' && importer?.includes('/umzug/') ? '\0umzug-cli' : null),
  load: (id) => (id === '\0umzug-cli' ? 'exports.UmzugCLI = undefined;' : null),
};

// Opening a file costs more than reading a few kilobytes: what every command needs comes in one piece,
// what every command that opens a database needs in another.
const groups = [
  {
    name: 'base',
    test: /commander|src\/(compose|domain\/(errors|text|call)|settings\/|io\/(descriptors|output|errno|interruption)|version|cli\/[a-z-]+\.ts|cli\/input\/|cli\/render|cli\/commands\/index)/,
    priority: 3,
  },
  {
    // Every command imports doors that name these files. Without a chunk of their own, every command would load them.
    name: 'foreign-hashes',
    test: /src\/hashing\/(detect\/|digest\/(?!digest\.ts)|kdf\/(?:firebase|better-auth)|crypt\/nt|primitives\/(?:scrypt|bounds|digests|md4))/,
    priority: 3,
    includeDependenciesRecursively: false,
  },
  {
    name: 'database',
    test: /better-sqlite3|kysely|\0binding|lazy:node:worker_threads|migrations\/|src\/(store\/(index|store|repositories\/|transfer\/(?:table-reader|key-order|tables)|schema\/(?:ledger|types|copy-mark|values)|dialects\/(?:dialect|index|inspector|scheme|sqlite\/(?:sqlite|errors|location|waiting)))|domain\/|hashing\/(registry|(?:crypt\/crypt|digest\/digest|kdf\/kdf)|strengthened|verification|new-hash|wrapped-scheme|scheme|crypt\/bcrypt|primitives\/(?:bcrypt-[a-z0-9]+|encoding)|kdf\/argon2)\.ts|cli\/views\/(times|user|session)\.ts|services\/(changes\/[a-z-]+|users\/(users|user-fields)|passwords\/(passwords|password-change|checked-passwords)|tokens\/(tokens|one-time-tokens)|policies|sessions\/sessions|context)\.ts)/,
    priority: 2,
    includeDependenciesRecursively: false,
  },
  // What `user import` needs to read its options, before it loads everything else that an import needs.
  { name: 'import-options', test: /src\/services\/imports\/(fields|request)\.ts/, priority: 1 },
];

/** Writes program and library into a folder; gives the ids of all modules that went into it. */
async function bundle(folder) {
  const bundled = await rolldown({
    cwd: root,
    input: {
      authctl: 'src/main.ts',
      index: 'src/index.ts',
      'hash-worker': 'src/hashing/worker.ts',
      'validation-worker': 'src/services/imports/validation-worker.ts',
    },
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    // Compiled code stays in node_modules.
    external: [/\.node$/, '@node-rs/bcrypt', '@node-rs/argon2'],
    plugins: [lazyBuiltins, knownBinding, withoutUmzugCommands],
    // A door re-exports more than its caller uses. Files of src have no effects when they are loaded, so unused ones go.
    treeshake: { moduleSideEffects: (id) => !id.includes('/src/') },
    // No warning where a module is imported both statically and with import(): Node's own are loaded at first use anyway.
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
  });
  const { output } = await bundled.write({
    dir: folder,
    format: 'cjs',
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    minify: true,
    // Maps are read only with --debug. They hold lines, not sources: a report of a bug needs no more.
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: { groups },
  });
  await bundled.close();
  // Modules that import the library get what `require` gets, so that there is one of each class in a process.
  const { exports: names } = output.find(({ name }) => name === 'index');
  writeFileSync(
    join(folder, 'index.mjs'),
    `import library from './index.cjs';\nexport const { ${names.join(', ')} } = library;\n`,
  );
  return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}

/** Bundles the program into a folder. An earlier bundle stays in place until the new one is complete. */
async function replace(folder, finish) {
  const fresh = `${folder}.${process.pid}`;
  const modules = await bundle(fresh);
  finish?.(fresh, modules);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

/** Builds the program alone, for trying it out: without licences and kept code. Takes a second. */
export const buildQuickly = (folder) => replace(folder);

/** Builds dist/ as it is installed. */
async function build() {
  await replace(join(root, 'dist'), (fresh, modules) =>
    writeFileSync(join(fresh, 'licenses.txt'), licensesOf(modules)),
  );
  try {
    makeStartCode();
  } catch (error) {
    console.warn(`the program was built and will start more slowly than it could: ${error.message}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
