import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import type { DatabaseKind } from './test/databases/kinds.ts';

/** Tests of what a database keeps: they run once for each kind. */
const stored = ['test/store/**/*.test.ts', 'test/services/**/*.test.ts', 'test/cli/**/*.test.ts'];
/** Of these, tests that open no database, or one that they name themselves: they run once. */
const once = [
  ...['checks', 'same-database', 'server/*', 'sqlite/*'].map((name) => `store/dialects/${name}`),
  'store/transfer/*',
  ...['users/bulk-changes', 'passwords/own-passwords', 'imports/again'].map((name) => `services/${name}`),
  ...['database-state', 'help', 'output', 'terminal', 'usage'].map((name) => `cli/${name}`),
  ...[
    'hash/identify',
    'user/import/vectors',
    'user/import/formats',
    'user/import/secrets',
    'migrate/migrate',
    'db/copy/**/*',
  ].map((name) => `cli/commands/${name}`),
].map((name) => `test/${name}.test.ts`);
/** What only a server does. */
const servers = 'test/servers/**/*.test.ts';
/** Crashes, crowds of processes and full disks, and what other systems' software makes of the same hashes. */
const stress = ['test/stress/**/*.test.ts', 'test/software/**/*.test.ts'];
const parallel = ['logins', 'commands', 'migrations', 'resets', 'sessions'].map(
  (what) => `test/stress/parallel-${what}.test.ts`,
);

/** Names this run in the names of its databases. */
const run = String(process.pid);

/** Tests under a name on a database; all of them on SQLite, on another those that depend on it once more. */
const project = (
  name: string,
  database: DatabaseKind,
  include: string[],
  exclude: string[],
): TestProjectConfiguration => ({
  test: {
    name,
    include,
    exclude,
    provide: { database, run },
    setupFiles: ['test/databases/setup.ts'],
    globalSetup: ['test/databases/run.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Files of a worker share its process and the loaded modules, which keep nothing of a test but settings of V8;
    // loading them anew for each file takes as long as many tests.
    isolate: false,
  },
});

export default defineConfig({
  test: {
    // Tests wait for processes, disks and servers more than they compute: on two cores one worker leaves half unused.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      // npm test
      project('sqlite', 'sqlite', ['test/**/*.test.ts'], [servers, ...stress]),
      project('memory', 'memory', ['test/store/**/*.test.ts', 'test/services/logins/logins.test.ts'], once),
      project('postgres', 'postgres', [...stored, servers], once),
      project('mysql', 'mysql', [...stored, servers], once),
      // npm run test:stress
      project('stress', 'sqlite', stress, []),
      project('stress-postgres', 'postgres', parallel, []),
      project('stress-mysql', 'mysql', parallel, []),
    ],
  },
});
