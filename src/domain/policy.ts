import { formatDuration, parseDuration } from './duration.ts';
import type { LockoutPolicy } from './lockout.ts';

/** The rules for all users of one database; they are stored in its `settings` table. */
export interface Policy {
  passwordMinLength: number;
  passwordMaxLength: number;
  passwordRequireUpper: boolean;
  passwordRequireLower: boolean;
  passwordRequireDigit: boolean;
  passwordRequireSymbol: boolean;
  passwordForbidCommon: boolean;
  passwordForbidUsername: boolean;
  /** How many former passwords are refused, beside the current one; with 0 the current one may be set again, too. */
  passwordHistory: number;
  /** Milliseconds; 0 for no limit. */
  passwordMaxAge: number;
  usernameMinLength: number;
  usernameMaxLength: number;
  usernameCharacters: string;
  usernameForbidConfusable: boolean;
  lockoutThreshold: number;
  /** Milliseconds. */
  lockoutDuration: number;
  lockoutLimit: number;
  /** Milliseconds. */
  sessionIdleTimeout: number;
  /** Milliseconds. */
  sessionLifetime: number;
  /** Milliseconds. */
  resetLifetime: number;
  /** Milliseconds. */
  inviteLifetime: number;
  /** Milliseconds. */
  emailLifetime: number;
  scheme: 'bcrypt' | 'argon2id';
  bcryptCost: number;
  /** KiB. */
  argon2Memory: number;
  argon2Passes: number;
  argon2Lanes: number;
}

/** The rules that concern the lockout. */
export const lockoutPolicy = (policy: Policy): LockoutPolicy => ({
  threshold: policy.lockoutThreshold,
  durationMs: policy.lockoutDuration,
  limit: policy.lockoutLimit,
});

export type PolicyKey = keyof Policy;
export type PolicyValue = Policy[PolicyKey];

interface Rule<T> {
  initial: T;
  meaning: string;
  /** The value of what a person wrote; `undefined` when it is not what `expected` describes. */
  read(text: string): T | undefined;
  expected: string;
  write(value: T): string;
}

const count = (initial: number, min: number, max: number, meaning: string): Rule<number> => ({
  initial,
  meaning,
  read: (text) => {
    if (!/^\d{1,9}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  },
  expected: `a whole number from ${min} to ${max}`,
  write: String,
});

const truths = new Map([
  ...['true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', 'no', 'off'].map((word) => [word, false] as const),
]);

const yesNo = (initial: boolean, meaning: string): Rule<boolean> => ({
  initial,
  meaning,
  read: (text) => truths.get(text.toLowerCase()),
  expected: 'true or false',
  write: String,
});

const choice = <T extends string>(initial: T, choices: readonly T[], meaning: string): Rule<T> => ({
  initial,
  meaning,
  read: (text) => choices.find((one) => one === text),
  expected: choices.join(' or '),
  write: (value) => value,
});

const duration = (initial: string, meaning: string): Rule<number> => ({
  initial: parseDuration(initial),
  meaning,
  read: (text) => {
    try {
      return parseDuration(text);
    } catch {
      return undefined;
    }
  },
  expected: 'a duration such as 15m or 2h',
  write: formatDuration,
});

const durationWithin = (initial: string, least: string, most: string, meaning: string): Rule<number> => {
  const { read, ...rule } = duration(initial, meaning);
  return {
    ...rule,
    read: (text) => {
      const ms = read(text);
      const within = ms !== undefined && ms >= parseDuration(least) && ms <= parseDuration(most);
      return within ? ms : undefined;
    },
    expected: `a duration from ${least} to ${most}`,
  };
};

const durationOrNever = (initial: string, meaning: string): Rule<number> => {
  const { read, write } = duration('1d', meaning);
  return {
    initial: initial === 'never' ? 0 : parseDuration(initial),
    meaning,
    read: (text) => (text === 'never' || text === '0' ? 0 : read(text)),
    expected: 'a duration such as 90d, or never',
    write: (value) => (value === 0 ? 'never' : write(value)),
  };
};

const punctuation = (initial: string, meaning: string): Rule<string> => ({
  initial,
  meaning,
  read: (text) => (/^[!#$%&'*+./=?@^_`{|}~-]*$/.test(text) ? [...new Set(text)].join('') : undefined),
  expected: "any of ! # $ % & ' * + - . / = ? @ ^ _ ` { | } ~",
  write: (value) => value,
});

/** The longest time for which a token can be made valid, by its purpose. */
export const longestLives = { reset: '24h', invite: '90d', email: '90d' } as const;

/** Every rule with its default and meaning, in the order in which `policy show` lists them. */
export const policyRules: { readonly [K in PolicyKey]: Rule<Policy[K]> } = {
  passwordMinLength: count(8, 1, 128, 'fewest characters of a password'),
  passwordMaxLength: count(128, 8, 1024, 'most characters of a password'),
  passwordRequireUpper: yesNo(true, 'an upper-case letter is required'),
  passwordRequireLower: yesNo(true, 'a lower-case letter is required'),
  passwordRequireDigit: yesNo(true, 'a digit is required'),
  passwordRequireSymbol: yesNo(false, 'a character that is no letter and no digit is required'),
  passwordForbidCommon: yesNo(true, 'passwords of the bundled list of common ones are refused'),
  passwordForbidUsername: yesNo(true, 'the username must not be in the password'),
  passwordHistory: count(0, 0, 24, 'former passwords that may not be used again; 0 forgets them'),
  passwordMaxAge: durationOrNever('never', 'how old a password may be before it must be changed'),
  usernameMinLength: count(3, 1, 100, 'fewest characters of a username'),
  usernameMaxLength: count(50, 3, 200, 'most characters of a username'),
  usernameCharacters: punctuation('_', 'what a username may hold besides letters and digits'),
  usernameForbidConfusable: yesNo(
    true,
    'usernames that could be taken for others (mixed scripts, invisible characters, variants) are refused',
  ),
  lockoutThreshold: count(5, 0, 1000, 'failed logins that lock a user; 0 never locks'),
  lockoutDuration: duration('15m', 'how long an automatic lock lasts'),
  lockoutLimit: count(100, 0, 100_000, 'consecutive failures that lock until unlocked; 0 for no limit'),
  sessionIdleTimeout: durationWithin('30m', '2m', '365d', 'how long a session may go unused'),
  sessionLifetime: durationWithin('12h', '2m', '365d', 'how long a session lasts at most'),
  resetLifetime: durationWithin(
    '1h',
    '1m',
    longestLives.reset,
    'how long a password can be reset with a token',
  ),
  inviteLifetime: durationWithin('7d', '1m', longestLives.invite, 'how long an invitation can be taken up'),
  emailLifetime: durationWithin(
    '1d',
    '1m',
    longestLives.email,
    'how long an e-mail address can be verified with a token',
  ),
  scheme: choice('bcrypt', ['bcrypt', 'argon2id'], 'how new passwords are hashed'),
  bcryptCost: count(12, 4, 15, 'base-2 logarithm of the rounds of bcrypt; 10 and more for real users'),
  argon2Memory: count(19_456, 8, 1_048_576, 'memory of argon2id in KiB'),
  argon2Passes: count(2, 1, 10, 'passes of argon2id'),
  argon2Lanes: count(1, 1, 16, 'lanes of argon2id'),
};

export const policyKeys = Object.keys(policyRules) as PolicyKey[];

export const defaultPolicy = Object.fromEntries(
  policyKeys.map((key) => [key, policyRules[key].initial]),
) as unknown as Policy;

/** A value of the policy as a person writes it. */
export function writePolicyValue<K extends PolicyKey>(key: K, value: Policy[K]): string {
  return policyRules[key].write(value);
}

/** Whether a value is one that the rule for `key` allows. */
export function isPolicyValue<K extends PolicyKey>(key: K, value: unknown): value is Policy[K] {
  const rule: Rule<Policy[K]> = policyRules[key];
  if (typeof value !== typeof rule.initial) return false;
  try {
    // Every value that the rule allows is read back from what is written of it.
    return rule.read(rule.write(value as Policy[K])) === value;
  } catch {
    return false;
  }
}

/** Whether what is stored holds rules of the policy alone, each with a value that it allows. */
export function isStoredPolicy(stored: unknown): stored is Partial<Policy> {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return false;
  return Object.entries(stored).every(([name, value]) => {
    const key = policyKeys.find((one) => one === name);
    return key !== undefined && isPolicyValue(key, value);
  });
}
