import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Files of a worker share its process and the loaded modules, which keep nothing of a test but settings of V8;
  // loading them anew for each file takes as long as many tests.
  isolate: false,
};

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
const parallel = ['logins', 'commands', 'migrations', 'resets', 'sessions'].map(
  (what) => `test/stress/parallel-${what}.test.ts`,
);

/** Names this run in the names of its databases. */
const run = String(process.pid);

/** The same tests once more, on another database. */
const again = (database: 'memory' | 'postgres' | 'mysql', include: string[]): TestProjectConfiguration => ({
  test: {
    name: database,
    include,
    exclude: [...sqliteAlone, copies],
    provide: { database, run },
    setupFiles: ['test/databases/setup.ts'],
    globalSetup: ['test/databases/run.ts'],
    ...common,
  },
});

export default defineConfig({
  test: {
    // Tests wait for processes, disks and servers more than they compute: on two cores one worker leaves half unused.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          name: 'sqlite',
          include: ['test/**/*.test.ts'],
          exclude: [servers],
          provide: { database: 'sqlite', run },
          ...common,
        },
      },
      again('memory', ['test/store/**/*.test.ts', 'test/services/logins/logins.test.ts']),
      again('postgres', [...stored, 'test/cli/**/*.test.ts', servers, ...parallel]),
      again('mysql', [...stored, 'test/cli/**/*.test.ts', servers, ...parallel]),
    ],
  },
});
