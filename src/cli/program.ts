import { Command, CommanderError, type Help, Option } from 'commander';
import { AuthctlError } from '../domain/errors.ts';
import type { GlobalFlags } from '../settings.ts';
import type { AnyCommand } from './command.ts';
import { type CommandEntry, commands, nouns } from './commands/index.ts';
import type { OptionSpec } from './options.ts';

/** What the arguments ask for. */
export type Invocation =
  | { kind: 'command'; command: AnyCommand; args: unknown; options: unknown; flags: GlobalFlags }
  | { kind: 'text'; text: string };

/**
 * Reads the arguments with commander. Only the invoked command is declared with its options: declaring all
 * costs a tenth of a start. Throws `usage`.
 *
 * @param columns width of the terminal, for help
 * @param entry the command that the arguments name; without one, all are declared by name and summary
 */
export async function parseArguments(
  argv: readonly string[],
  entry: CommandEntry | undefined,
  version: string,
  columns: () => number | undefined,
): Promise<Invocation> {
  let found: Invocation | undefined;
  let help = '';
  const program = new Command('authctl');
  program
    .description('Administers the users of an application.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: () => {},
      outputError: () => {},
      // Asking the streams themselves would open them.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => columns() ?? 100,
      getErrHelpWidth: () => 100,
    })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .version(version, '-V, --version', 'print the version')
    .option('--database <location>', 'path of a SQLite file, or a URL')
    .option('--actor <name>', 'who does this, for the audit log')
    .option('-o, --output <format>', 'table, json, ndjson, csv or ids')
    .option('--json', 'the same as --output json')
    .option('--no-color', 'without colours')
    .option('--debug', 'show where a bug happened')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', exampleText);
  for (const [noun, summary] of Object.entries(nouns)) {
    if (entry && !entry.name.startsWith(`${noun} `)) continue;
    const parent = program.command(noun).description(summary).summary(summary);
    for (const { name, summary, load } of entry
      ? [entry]
      : commands.filter((one) => one.name.startsWith(`${noun} `))) {
      const child = parent
        .command(name.slice(noun.length + 1))
        .summary(summary)
        .description(summary);
      if (!entry) continue;
      const command = await load();
      declare(child, command, summary);
      child.action(() => {
        found = { kind: 'command', command, ...values(child, command), flags: program.opts() };
      });
    }
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, help, program);
  }
  return found ?? { kind: 'text', text: help };
}

function declare(child: Command, command: AnyCommand, summary: string): void {
  child.description(
    command.description ? `${capital(summary)}.\n\n${command.description}` : `${capital(summary)}.`,
  );
  for (const spec of Object.values(command.options)) {
    const option = new Option(spec.flags, spec.description);
    if (spec.repeated) option.argParser((value: string, before: string[] = []) => [...before, value]);
    child.addOption(option);
    if (spec.negated)
      child.addOption(new Option(spec.negated, `no ${spec.description.replace(/^whether /, '')}`));
  }
  for (const [, argument = ''] of command.name.matchAll(/([<[][^>\]]+[>\]])/g)) child.argument(argument);
  const examples = command.examples.map((example) => `  ${example}\n`).join('');
  child.addHelpText('after', `\nExamples:\n${examples}`);
}

function values(child: Command, command: AnyCommand): { args: unknown; options: unknown } {
  const raw: Record<string, unknown> = child.opts();
  const read = (spec: OptionSpec<unknown>) => {
    const key = new Option(spec.flags).attributeName();
    // commander sets the value of `--no-x` beside `--x` to true unless one of them is given.
    return spec.read(child.getOptionValueSource(key) === 'cli' ? raw[key] : undefined);
  };
  const options = Object.entries(command.options).map(([name, spec]) => [name, read(spec)]);
  const names = child.registeredArguments.map((argument, index) => [
    argument.name(),
    child.processedArgs[index],
  ]);
  return { args: Object.fromEntries(names), options: Object.fromEntries(options) };
}

// A noun alone, or nothing at all, prints help where nobody asked for help: that is an error of usage.
function usageError(error: CommanderError, help: string, program: Command): AuthctlError {
  const message = error.message.replace(/^error: /, '').replace(/\n.*$/s, '');
  const suggestion = /\n\((.*)\)$/s.exec(error.message)?.[1];
  const missing = error.code === 'commander.help' || help !== '';
  return new AuthctlError('usage', missing ? 'a command is missing' : message, {
    hint: suggestion ?? `${path(program)} --help lists what there is`,
  });
}

function path(program: Command): string {
  return program.name();
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const exampleText = ({ command }: { error: boolean; command: Command }): string =>
  command.parent
    ? ''
    : '\nExamples:\n  authctl migrate up\n  authctl user add alice\n  authctl user import users.csv --dry-run\n' +
      '\nExit codes: 0 done, 2 usage, 3 login refused, 4 refused, 5 not found, 6 conflict, 7 busy, 8 database\nunusable, 9 damaged, 10 partly done.';

export type { Help };
