import { parseTime } from './duration.ts';
import { AuthctlError } from './errors.ts';
import { quote } from './text.ts';
import type { UserStatus } from './user.ts';
import { identityKey } from './username.ts';

/** Conditions for choosing users: those who meet all that are given. Deleted users are never chosen. */
export interface UserSelection {
  status?: Exclude<UserStatus, 'deleted'>;
  /** For a user who has never logged in, the time when the user was added counts. */
  lastLoginBefore?: Date;
  neverLoggedIn?: true;
  /** Only users who have a password. Where it is not known when it was set, the time when the user was added counts. */
  passwordChangedBefore?: Date;
  createdBefore?: Date;
  /** Inclusive. */
  createdAfter?: Date;
  /** As `identityKey` gives it. */
  emailDomain?: string;
}

const statuses = ['active', 'locked', 'disabled', 'expired'] as const;

function statusOf(text: string): UserSelection {
  const status = statuses.find((one) => one === text);
  if (status !== undefined) return { status };
  throw new AuthctlError('usage', `status takes ${statuses.join(', ')}, not ${quote(text)}`);
}

function lastLoginOf(text: string): UserSelection {
  if (text === 'never') return { neverLoggedIn: true };
  throw new AuthctlError('usage', `lastLogin takes never, not ${quote(text)}`, {
    hint: 'lastLoginBefore takes a time',
  });
}

function emailDomainOf(text: string): UserSelection {
  if (/^[^\s@]+$/.test(text)) return { emailDomain: identityKey(text) };
  throw new AuthctlError('usage', `emailDomain takes what follows the @, not ${quote(text)}`);
}

/** How the value of each condition is read. */
const conditions: Readonly<Record<string, (text: string) => UserSelection>> = {
  status: statusOf,
  lastLoginBefore: (text) => ({ lastLoginBefore: parseTime(text) }),
  lastLogin: lastLoginOf,
  passwordChangedBefore: (text) => ({ passwordChangedBefore: parseTime(text) }),
  createdBefore: (text) => ({ createdBefore: parseTime(text) }),
  createdAfter: (text) => ({ createdAfter: parseTime(text) }),
  emailDomain: emailDomainOf,
};

/** Reads `key=value,key=value`. Throws `usage`. */
export function parseSelection(text: string): UserSelection {
  const found = new Map<string, UserSelection>();
  for (const condition of text.split(',')) {
    const equals = condition.indexOf('=');
    const key = condition.slice(0, Math.max(equals, 0));
    const read = Object.hasOwn(conditions, key) ? conditions[key] : undefined;
    if (!read) {
      throw new AuthctlError('usage', `${quote(condition)} is no condition`, {
        hint: `write key=value,…; the keys are ${Object.keys(conditions).join(', ')}`,
      });
    }
    if (found.has(key)) throw new AuthctlError('usage', `the condition ${key} is given twice`);
    found.set(key, read(condition.slice(equals + 1)));
  }
  return Object.assign({}, ...found.values());
}
