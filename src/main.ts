import { availableParallelism, userInfo } from 'node:os';
import { exit } from './cli/exit-codes.ts';
import { run } from './cli/run.ts';
import type { Terminal } from './cli/terminal.ts';
import { composeApp } from './compose.ts';
import { DescriptorOutput, isDiscarded, isTerminal } from './io/descriptors.ts';
import { version } from './version.ts';

// Until `run` has ended, the exit code says "bug": a program that stops unexpectedly must not look as if it were done.
process.exitCode = exit.bug;
process.umask(0o077);

const terminal: Terminal = {
  // Opening a stream takes time. Most commands do not need this one.
  get stdin() {
    return process.stdin;
  },
  get screen() {
    return process.stderr;
  },
  stdout: new DescriptorOutput(1, () => process.stdout),
  stderr: new DescriptorOutput(2, () => process.stderr),
  get stdinIsTTY() {
    return isTerminal(0, () => process.stdin);
  },
  get stdoutIsTTY() {
    return isTerminal(1, () => process.stdout);
  },
  get stdoutIsDiscarded() {
    return isDiscarded(1);
  },
  get stderrIsTTY() {
    return isTerminal(2, () => process.stderr);
  },
  get columns() {
    return this.stdoutIsTTY ? process.stdout.columns : undefined;
  },
};

const interruption = new AbortController();
const signalCodes = { SIGINT: exit.interrupted, SIGTERM: exit.terminated } as const;
let signalCode: number | undefined;
for (const [signal, code] of Object.entries(signalCodes)) {
  process.on(signal, () => {
    // The second signal ends the program at once.
    if (interruption.signal.aborted) process.exit(code);
    signalCode = code;
    interruption.abort();
  });
}

// A limit of the size of files ends the program by a signal, unless it is listened to: then the write fails.
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});

const osUser = systemUser();

run(process.argv.slice(2), terminal, {
  env: process.env,
  version,
  defaultActor: (process.geteuid?.() === 0 && process.env.SUDO_USER) || osUser,
  signal: interruption.signal,
  services: async (settings, waiting) =>
    composeApp(settings, {
      osUser,
      cores: availableParallelism(),
      now: () => new Date(),
      waiting,
      tuneHeap: async () => new (await import('./io/heap.ts')).FrugalHeap(),
    }),
}).then((code) => {
  process.exitCode = signalCode !== undefined && code === exit.interrupted ? signalCode : code;
  // The interrupted command may still be waiting for something, which would keep the process alive.
  if (signalCode !== undefined) process.exit();
});

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id that has no name.
    return `uid:${process.getuid?.() ?? 'unknown'}`;
  }
}
