import type { Services } from '../services/services.ts';
import type { Settings } from '../settings/settings.ts';
import type { OptionSpec, OptionValues } from './options.ts';
import type { Result } from './render/result.ts';
import type { Terminal } from './terminal.ts';

/** The type of the arguments that a command's name contains: `user lock <user>` has `user`. */
export type ArgumentsOf<Name extends string> = Name extends `${string}<${infer Argument}>${infer Rest}`
  ? (Argument extends `${infer Many}...` ? { [K in Many]: string[] } : { [K in Argument]: string }) &
      ArgumentsOf<Rest>
  : Name extends `${string}[${infer Argument}]${infer Rest}`
    ? { [K in Argument]: string | undefined } & ArgumentsOf<Rest>
    : unknown;

/** Everything that a command's `run` may use. */
export interface CommandContext<Arguments, Options> {
  readonly services: Services;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly args: Arguments;
  readonly options: Options;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Writes something that is not part of the result, for people; to standard error. */
  note(text: string): Promise<void>;
  /** Writes a warning to standard error. */
  warn(text: string): Promise<void>;
}

/** A command: its words, its options and one call of a service. It prints and formats nothing. */
export interface Command<Name extends string, Options extends Record<string, OptionSpec<unknown>>> {
  /** Noun, verb and arguments: `user lock <user>`. */
  readonly name: Name;
  readonly options: Options;
  /** Whole command lines, shown by `--help`. */
  readonly examples: readonly string[];
  /** What `--help` says beside the summary. */
  readonly description?: string;
  /**
   * Whether the command watches the signal and ends in order when it is aborted. Any other command is simply left:
   * the database rolls back what it has not committed.
   */
  readonly interruptible?: boolean | ((options: OptionValues<Options>) => boolean);
  /** The hint when more arguments are given than the command takes. */
  readonly argumentHint?: string;
  /** Whether its result has no ids. `-o ids` is then refused before anything is done. */
  readonly withoutIds?: boolean;
  run(context: CommandContext<ArgumentsOf<Name>, OptionValues<Options>>): Promise<Result>;
}

/** Any command, whatever the types of its arguments and options. */
export type AnyCommand = Omit<
  Command<string, Record<string, OptionSpec<unknown>>>,
  'run' | 'interruptible'
> & {
  readonly interruptible?: boolean | ((options: unknown) => boolean);
  run(context: CommandContext<unknown, unknown>): Promise<Result>;
};

/** Defines a command; the types of its arguments and options follow from `name` and `options`. */
export function defineCommand<
  const Name extends string,
  const Options extends Record<string, OptionSpec<unknown>>,
>(command: Command<Name, Options>): AnyCommand {
  // `program.ts` makes the arguments and options from this name and these options, so their types fit.
  return command as unknown as AnyCommand;
}
