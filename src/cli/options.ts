import { parseDuration } from '../domain/duration.ts';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';

/** An option: how it is written, and how its value is read. */
export interface OptionSpec<T> {
  /** As commander spells it: `--for <duration>`. */
  readonly flags: string;
  readonly description: string;
  /** A second option that removes the value: `--no-email`. */
  readonly negated?: string;
  /** Description of `negated`; if not given, `no` and the description. */
  readonly negatedDescription?: string;
  /** May be given more than once. */
  readonly repeated?: boolean;
  /** Gives the value for what commander has found. Throws `usage`. */
  read(raw: unknown): T;
}

export type OptionValues<Options extends Record<string, OptionSpec<unknown>>> = {
  [K in keyof Options]: Options[K] extends OptionSpec<infer T> ? T : never;
};

/** An option without a value: `true` if it is given. */
export function flag(flags: string, description: string): OptionSpec<boolean> {
  // commander stores `--no-password` as `password`, which is false when the option is given.
  const given = !flags.startsWith('--no-');
  return { flags, description, read: (raw) => raw === given };
}

/** An option with a value, taken as it is written. */
export function text(flags: string, description: string): OptionSpec<string | undefined> {
  return parsed(flags, description, (value) => value);
}

/** An option with a value that `parse` reads. `parse` throws `usage` and says what it expects. */
export function parsed<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
): OptionSpec<T | undefined> {
  return { flags, description, read: (raw) => (typeof raw === 'string' ? parse(raw) : undefined) };
}

/** An option with a value, and a second one, `--no-…`, that removes the value (`null`). */
export function clearable(
  flags: string,
  negated: string,
  description: string,
): OptionSpec<string | null | undefined> {
  const read = (raw: unknown) => (raw === false ? null : typeof raw === 'string' ? raw : undefined);
  return { flags, description, negated, read };
}

/** Two options without a value: `true` for the first, `false` for `--no-…`, `undefined` for neither. */
export function toggle(
  [flags, description]: readonly [string, string],
  [negated, negatedDescription]: readonly [string, string],
): OptionSpec<boolean | undefined> {
  const read = (raw: unknown) => (typeof raw === 'boolean' ? raw : undefined);
  return { flags, description, negated, negatedDescription, read };
}

/** An option whose value is one of `choices`. */
export function choice<const T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
): OptionSpec<T | undefined> {
  return parsed(flags, `${description}: ${choices.join(', ')}`, (value) => {
    const found = choices.find((one) => one === value);
    if (found !== undefined) return found;
    throw new AuthctlError('usage', `${longName(flags)} takes ${choices.join(', ')}, not ${quote(value)}`);
  });
}

/** An option whose value is a whole number, at least `min`. */
export function count(flags: string, description: string, min: number): OptionSpec<number | undefined> {
  return parsed(flags, description, (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : undefined;
    if (number !== undefined && number >= min) return number;
    throw new AuthctlError(
      'usage',
      `${longName(flags)} takes a whole number from ${min}, not ${quote(value)}`,
    );
  });
}

/** The option for how long a token is valid; `most` is the longest duration that is accepted. */
export const lifeOption = (most: string) =>
  ({
    for: parsed(
      '--for <duration>',
      `how long it is valid, at most ${most}; if not given, as the policy says`,
      (value) => {
        const ms = parseDuration(value);
        if (ms <= parseDuration(most)) return ms;
        throw new AuthctlError('usage', `--for takes a duration of at most ${most}, not ${quote(value)}`);
      },
    ),
  }) as const;

/** Whether the user must choose another password; a generated one must be changed unless an option says otherwise. */
export const mustChangeOption = {
  mustChange: toggle(
    ['--must-change', 'the password must be changed at the next login, as one made by --generate'],
    ['--no-must-change', 'the password need not be changed'],
  ),
} as const;

/** The option that refuses a change when somebody else has changed the user in the meantime. */
export const versionOption = {
  ifVersion: count('--if-version <n>', 'only if the user is still of this version', 1),
} as const;

const longName = (flags: string) => /--[a-z-]+/.exec(flags)?.[0] ?? flags;
