import { parseDuration } from '../domain/duration.ts';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';

/** An option: how it is written, and what its raw value becomes. */
export interface OptionSpec<T> {
  /** As commander spells it: `--for <duration>`. */
  readonly flags: string;
  readonly description: string;
  /** A second option that takes the value away: `--no-email`. */
  readonly negated?: string;
  /** What that one says; `no` and the description by itself. */
  readonly negatedDescription?: string;
  /** May be given more than once. */
  readonly repeated?: boolean;
  /** Turns what commander found into the value. Throws `usage`. */
  read(raw: unknown): T;
}

export type OptionValues<Options extends Record<string, OptionSpec<unknown>>> = {
  [K in keyof Options]: Options[K] extends OptionSpec<infer T> ? T : never;
};

/** An option that is given or not. */
export function flag(flags: string, description: string): OptionSpec<boolean> {
  // commander knows `--no-password` as a `password` that is false when it is given.
  const given = !flags.startsWith('--no-');
  return { flags, description, read: (raw) => raw === given };
}

/** An option with a value as it is written. */
export function text(flags: string, description: string): OptionSpec<string | undefined> {
  return parsed(flags, description, (value) => value);
}

/** An option with a value that `parse` reads; what it throws says what was expected. */
export function parsed<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
): OptionSpec<T | undefined> {
  return { flags, description, read: (raw) => (typeof raw === 'string' ? parse(raw) : undefined) };
}

/** An option with a value, or with `--no-…` to take the value away (`null`). */
export function clearable(
  flags: string,
  negated: string,
  description: string,
): OptionSpec<string | null | undefined> {
  const read = (raw: unknown) => (raw === false ? null : typeof raw === 'string' ? raw : undefined);
  return { flags, description, negated, read };
}

/** An option that is on, off with `--no-…`, or not given. */
export function toggle(
  [flags, description]: readonly [string, string],
  [negated, negatedDescription]: readonly [string, string],
): OptionSpec<boolean | undefined> {
  const read = (raw: unknown) => (typeof raw === 'boolean' ? raw : undefined);
  return { flags, description, negated, negatedDescription, read };
}

/** An option with one of a few values. */
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

/** An option with a whole number from `min`. */
export function count(flags: string, description: string, min: number): OptionSpec<number | undefined> {
  return parsed(flags, description, (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min) return number;
    throw new AuthctlError(
      'usage',
      `${longName(flags)} takes a whole number from ${min}, not ${quote(value)}`,
    );
  });
}

/** The option that says how long a token is good. */
export const lifeOption = (most: string) =>
  ({
    for: parsed(
      '--for <duration>',
      `how long it is good, at most ${most}; else as the policy says`,
      (value) => {
        const ms = parseDuration(value);
        if (ms <= parseDuration(most)) return ms;
        throw new AuthctlError('usage', `--for takes a duration of at most ${most}, not ${quote(value)}`);
      },
    ),
  }) as const;

/** The option by which a change is refused when somebody else was faster. */
export const versionOption = {
  ifVersion: count('--if-version <n>', 'only if the user is still of this version', 1),
} as const;

const longName = (flags: string) => /--[a-z-]+/.exec(flags)?.[0] ?? flags;
