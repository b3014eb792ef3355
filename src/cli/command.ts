import type { Services } from '../services/services.ts';
import type { Settings } from '../settings/settings.ts';
import type { OptionSpec, OptionValues } from './options.ts';
import type { Result } from './render/result.ts';
import type { Terminal } from './terminal.ts';

/** The arguments that a command's name spells: `user lock <user>` has `user`. */
export type ArgumentsOf<Name extends string> = Name extends `${string}<${infer Argument}>${infer Rest}`
  ? (Argument extends `${infer Many}...` ? { [K in Many]: string[] } : { [K in Argument]: string }) &
      ArgumentsOf<Rest>
  : Name extends `${string}[${infer Argument}]${infer Rest}`
    ? { [K in Argument]: string | undefined } & ArgumentsOf<Rest>
    : unknown;

/** What a command's work is given. */
export interface CommandContext<Arguments, Options> {
  readonly services: Services;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly args: Arguments;
  readonly options: Options;
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Tells the person something that is no result; to standard error. */
  note(text: string): Promise<void>;
  /** Warns, in any output format. */
  warn(text: string): Promise<void>;
}

/** A command: its words, its options and one call of a service. It prints and formats nothing. */
export interface Command<Name extends string, Options extends Record<string, OptionSpec<unknown>>> {
  /** Noun, verb and arguments: `user lock <user>`. */
  readonly name: Name;
  readonly options: Options;
  /** Whole command lines, shown by `--help`. */
  readonly examples: readonly string[];
  /** More than the summary says, for `--help`. */
  readonly description?: string;
  /** Ends by itself and tidily when its signal is aborted; other commands are simply left. */
  readonly interruptible?: boolean | ((options: OptionValues<Options>) => boolean);
  /** What to do instead for whoever gives more arguments than there are. */
  readonly argumentHint?: string;
  /** Its result has no ids, so that `-o ids` is refused before anything is done. */
  readonly withoutIds?: boolean;
  run(context: CommandContext<ArgumentsOf<Name>, OptionValues<Options>>): Promise<Result>;
}

/** A command of which only the words matter. */
export type AnyCommand = Omit<
  Command<string, Record<string, OptionSpec<unknown>>>,
  'run' | 'interruptible'
> & {
  readonly interruptible?: boolean | ((options: unknown) => boolean);
  run(context: CommandContext<unknown, unknown>): Promise<Result>;
};

/** Checks a command's types against its name and options. */
export function defineCommand<
  const Name extends string,
  const Options extends Record<string, OptionSpec<unknown>>,
>(command: Command<Name, Options>): AnyCommand {
  // What it is run with is made from its own name and options.
  return command as unknown as AnyCommand;
}
