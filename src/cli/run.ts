import { AuthctlError } from '../domain/errors.ts';
import { unlessInterrupted } from '../io/interruption.ts';
import { OutputFailed, PipeClosed, write } from '../io/output.ts';
import type { Waiting } from '../io/small-file.ts';
import { explainSystem } from '../io/system-error.ts';
import type { Services } from '../services/services.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { findCommand, spellHelp, wantsJson } from './arguments.ts';
import { undelivered } from './delivery.ts';
import { exit, exitCodes } from './exit-codes.ts';
import { Messages } from './messages.ts';
import { parseArguments } from './program.ts';
import { noIds, render } from './render/render.ts';
import { painter } from './render/table.ts';
import type { Terminal } from './terminal.ts';

/** What a run needs of the process and the system; the caller passes it in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The actor for the audit log unless a setting names another: the user of the operating system. */
  readonly defaultActor: string;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Makes the services of a run. The database is opened when a command first uses it. */
  services(settings: Settings, waiting: Waiting): Promise<Services>;
}

/** Runs the program with its arguments and gives the exit code. This is the only place where errors become messages. */
export async function run(
  given: readonly string[],
  terminal: Terminal,
  around: Surroundings,
): Promise<number> {
  const argv = spellHelp(given);
  let messages = new Messages(terminal, { asJson: wantsJson(argv), debug: argv.includes('--debug') });
  let services: Services | undefined;
  try {
    const invocation = await parseArguments(argv, findCommand(argv), around.version, () => terminal.columns);
    if (invocation.kind === 'text') {
      await write(terminal.stdout, invocation.text);
      return exit.done;
    }
    const { command, args, options, flags } = invocation;
    const settings = await readSettings(flags, around.env, around.defaultActor);
    const output = settings.output.value;
    messages = new Messages(terminal, {
      asJson: output === 'json' || output === 'ndjson',
      debug: settings.debug.value,
    });
    if (output === 'ids' && command.withoutIds) throw noIds();
    const { note, warn } = bound(messages);
    const { signal } = around;
    const onWait = () => void note('waiting for the password of the database from its file');
    const given = await around.services(settings, {
      signal,
      onWait: terminal.stderrIsTTY ? onWait : undefined,
    });
    services = given;
    const context = { services: given, settings, terminal, args, options, signal, note, warn };
    const work = async () => {
      // What cannot be told is not done; that somebody has read enough already is another matter.
      await write(terminal.stdout, '').catch((error) => {
        if (!(error instanceof PipeClosed)) throw error;
      });
      const result = await command.run(context);
      const paint = await painter(settings.color.value && terminal.stdoutIsTTY);
      try {
        return await render(result, { terminal, output, paint });
      } catch (error) {
        if (!(error instanceof OutputFailed)) throw error;
        throw undelivered(error, result, given.hasBegun()) ?? error;
      }
    };
    const { interruptible } = command;
    const endsTidily = typeof interruptible === 'function' ? interruptible(options) : interruptible;
    // A command that is interrupted is not waited for: the database rolls back what it has not committed.
    return await (endsTidily ? work() : unlessInterrupted(work(), around.signal));
  } catch (error) {
    return await report(error, services, messages);
  } finally {
    await services?.close();
  }
}

const bound = (messages: Messages) => ({
  note: (text: string) => messages.note(text),
  warn: (text: string) => messages.warn(text),
});

async function report(error: unknown, services: Services | undefined, messages: Messages): Promise<number> {
  if (error instanceof PipeClosed) return exit.done;
  const known =
    error instanceof AuthctlError
      ? error
      : (services?.explain(error) ?? outputError(error) ?? explainSystem(error));
  if (known) {
    await messages.error(known);
    return exitCodes[known.code];
  }
  await messages.bug(error);
  return exit.bug;
}

function outputError(error: unknown): AuthctlError | undefined {
  if (!(error instanceof OutputFailed)) return undefined;
  const why = `standard output cannot be written (${error.errno})`;
  if (error.errno === 'ENOSPC') return explainSystem(error.cause);
  return new AuthctlError('output-unusable', why, { cause: error });
}
