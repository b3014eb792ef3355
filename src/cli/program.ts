import { Command, CommanderError, Option } from 'commander';
import { AuthctlError } from '../domain/errors.ts';
import type { GlobalFlags } from '../settings/settings.ts';
import type { AnyCommand } from './command.ts';
import { type CommandEntry, commands, nouns } from './commands/index.ts';
import type { OptionSpec } from './options.ts';

/** What the arguments ask for: to run a command, or to print help or the version. */
export type Invocation =
  | { kind: 'command'; command: AnyCommand; args: unknown; options: unknown; flags: GlobalFlags }
  | { kind: 'text'; text: string };

/**
 * Reads the arguments with commander. Only the named command is declared with its options: declaring all of them
 * would make every start a tenth slower. Throws `usage`.
 *
 * @param columns width of the terminal, for help
 * @param entry the command that the arguments name; if `undefined`, all are declared by name and summary
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
      // commander would ask process.stdout, which opens the stream and takes time.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => columns() ?? 100,
      getErrHelpWidth: () => 100,
    })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .version(version, '-V, --version', 'print the version')
    .option('--database <location>', 'path of a SQLite file, or a URL')
    .option('--database-password-file <file>', "file with the password of the database's user")
    .option('--timeout <duration>', 'how long to wait for a busy or unreachable database')
    .option('--actor <name>', 'who does this, for the audit log')
    .option('-o, --output <format>', 'table, json, ndjson, csv or ids')
    .option('--json', 'the same as --output json')
    .option('--no-color', 'without colours')
    .option('--debug', 'show where a bug happened')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('after', exampleText);
  for (const [noun, summary] of Object.entries(nouns)) {
    if (entry && !entry.name.startsWith(`${noun} `)) continue;
    const parent = program
      .command(noun)
      .description(`${capital(summary)}.`)
      .summary(summary)
      .helpCommand(false);
    if (!argv.includes(noun)) continue;
    if (!entry) {
      verbsOf(noun).forEach((verb) => {
        subcommand(parent, noun, verb);
      });
      continue;
    }
    const child = subcommand(parent, noun, entry);
    const command = await entry.load();
    declare(child, command, entry.summary);
    child.action(() => {
      const flags = program.opts();
      const own = ownOptions(child, flags, argv);
      for (const key of Object.keys(own)) delete flags[key];
      found = { kind: 'command', command, ...values(child, command, own), flags };
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (!wasAskedFor(error, help)) throw await explained(error, entry, argv);
  }
  return found ?? { kind: 'text', text: help };
}

const verbsOf = (noun: string): readonly CommandEntry[] =>
  commands.filter(({ name }) => name.startsWith(`${noun} `));

/** Declares a command by its name and summary. */
const subcommand = (parent: Command, noun: string, { name, summary }: CommandEntry): Command =>
  parent
    .command(name.slice(noun.length + 1))
    .summary(summary)
    .description(summary);

// Help that was asked for is a result. Where a command is missing, commander sends help to writeErr: an error.
const wasAskedFor = ({ exitCode, code }: CommanderError, help: string): boolean =>
  exitCode === 0 || (code === 'commander.help' && help !== '');

/** What commander's error means to the caller. */
async function explained(
  error: CommanderError,
  entry: CommandEntry | undefined,
  argv: readonly string[],
): Promise<AuthctlError> {
  const words = entry?.name ?? Object.keys(nouns).find((noun) => argv.includes(noun));
  const command = await entry?.load();
  if (error.code === 'commander.unknownOption') return unknownOption(error, words, command);
  const tooMany = error.code === 'commander.excessArguments';
  return usageError(error, words, tooMany ? command?.argumentHint : undefined);
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
      child.addOption(new Option(spec.negated, spec.negatedDescription ?? `no ${spec.description}`));
  }
  for (const [, argument = ''] of command.name.matchAll(/([<[][^>\]]+[>\]])/g)) child.argument(argument);
  const examples = command.examples.map((example) => `  ${example}\n`).join('');
  child.addHelpText('after', `\nExamples:\n${examples}`);
}

// Where the program and a command have an option of the same name (`audit show --actor`), commander always gives it
// to the program. After the verb it belongs to the command: here it is handed over.
function ownOptions(
  child: Command,
  flags: Readonly<Record<string, unknown>>,
  argv: readonly string[],
): Record<string, unknown> {
  const noun = argv.indexOf(child.parent?.name() ?? '');
  const behind = argv.slice(argv.indexOf(child.name(), noun + 1));
  const own = child.options.filter(
    (option) =>
      option.attributeName() in flags &&
      behind.some((word) => word === option.long || word.startsWith(`${option.long}=`)),
  );
  return Object.fromEntries(own.map((option) => [option.attributeName(), flags[option.attributeName()]]));
}

function values(
  child: Command,
  command: AnyCommand,
  own: Readonly<Record<string, unknown>>,
): { args: unknown; options: unknown } {
  const raw: Record<string, unknown> = child.opts();
  const read = (spec: OptionSpec<unknown>) => {
    const key = new Option(spec.flags).attributeName();
    if (key in own) return spec.read(own[key]);
    // Where an option has both `--x` and `--no-x`, commander sets it to true even if neither is given.
    return spec.read(child.getOptionValueSource(key) === 'cli' ? raw[key] : undefined);
  };
  const options = Object.entries(command.options).map(([name, spec]) => [name, read(spec)]);
  const names = child.registeredArguments.map((argument, index) => [
    argument.name(),
    child.processedArgs[index],
  ]);
  return { args: Object.fromEntries(names), options: Object.fromEntries(options) };
}

function usageError(
  error: CommanderError,
  words: string | undefined,
  hint: string | undefined,
): AuthctlError {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return new AuthctlError('usage', error.code === 'commander.help' ? 'a command is missing' : message, {
    hint: hint ?? suggestion?.replace(/^\(|\)$/g, '') ?? helpHint(words),
  });
}

// The word may hold a secret behind the name (`--password=…`, `-p…`) or be one: only what can be a name is repeated.
function unknownOption(
  { message }: CommanderError,
  words: string | undefined,
  command: AnyCommand | undefined,
): AuthctlError {
  const [, name] = /^error: unknown option '(--[a-z]+(?:-[a-z]+)*(?=['=])|-[A-Za-z])/.exec(message) ?? [];
  const [, suggestion] = /\n\((Did you mean .*\?)\)$/.exec(message) ?? [];
  const isSecret = name !== undefined && /pass|pw|secret|token|code|key|pin|^-[pP]/.test(name);
  return new AuthctlError('usage', name === undefined ? 'unknown option' : `unknown option '${name}'`, {
    hint: isSecret ? secretHint(command) : (suggestion ?? helpHint(words)),
  });
}

function secretHint(command: AnyCommand | undefined): string {
  const ways = Object.values(command?.options ?? {})
    .map(({ flags }) => flags.split(' ')[0] ?? '')
    .filter((flag) => /^--.+-(stdin|file)$/.test(flag));
  const how = ways.length === 0 ? 'by --…-stdin or --…-file' : `by ${ways.join(' or ')}`;
  return `others can read arguments: a secret is given ${how}`;
}

const helpHint = (words: string | undefined): string =>
  `authctl ${words ? `${words} ` : ''}--help lists commands and options`;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const exampleText = ({ command }: { error: boolean; command: Command }): string =>
  command.parent
    ? ''
    : '\nExamples:\n  authctl migrate up\n  authctl user add alice\n  authctl user import users.csv --dry-run\n' +
      '\nExit codes: 0 done, 2 usage, 3 login refused, 4 refused, 5 not found, 6 conflict, 7 busy, 8 database\nunusable, 9 damaged, 10 partly done.';
