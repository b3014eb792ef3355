import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import type { DatabaseKind } from './test/databases/kinds.ts';

// What is about files, texts and other programs and not about what a database keeps.
const sqliteAlone = [
  ...['database-state', 'help', 'output', 'terminal', 'usage'],
  ...['hash/identify', 'user/import/vectors', 'user/import/formats', 'migrate/migrate'].map(
    (name) => `commands/${name}`,
  ),
].map((name) => `test/cli/${name}.test.ts`);
/** Copies name their servers themselves. */
const copies = 'test/cli/commands/db/copy/**';

const stored = ['test/store/**/*.test.ts', 'test/services/**/*.test.ts'];
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

const onServers = [...stored, 'test/cli/**/*.test.ts', servers];
const notOnServers = [...sqliteAlone, copies];

export default defineConfig({
  test: {
    // Tests wait for processes, disks and servers more than they compute: on two cores one worker leaves half unused.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      // npm test
      project('sqlite', 'sqlite', ['test/**/*.test.ts'], [servers, ...stress]),
      project('memory', 'memory', ['test/store/**/*.test.ts', 'test/services/logins/logins.test.ts'], []),
      project('postgres', 'postgres', onServers, notOnServers),
      project('mysql', 'mysql', onServers, notOnServers),
      // npm run test:stress
      project('stress', 'sqlite', stress, []),
      project('stress-postgres', 'postgres', parallel, []),
      project('stress-mysql', 'mysql', parallel, []),
    ],
  },
});
