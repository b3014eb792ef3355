// Builds dist/: the program and its hashing worker as CommonJS, split where the source imports lazily.
// CommonJS starts faster than ES modules: every import of those is a turn of the event loop.
import { rmSync } from 'node:fs';
import { rolldown } from 'rolldown';

rmSync('dist', { recursive: true, force: true });

const bundle = await rolldown({
  input: { authctl: 'src/main.ts', 'hash-worker': 'src/hashing/worker.ts' },
  platform: 'node',
  // Compiled code stays in node_modules, and umzug, which only `migrate` needs, reads files beside its own.
  external: ['better-sqlite3', '@node-rs/bcrypt', '@node-rs/argon2', 'umzug'],
  logLevel: 'warn',
});
await bundle.write({
  dir: 'dist',
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  minify: true,
});
await bundle.close();
