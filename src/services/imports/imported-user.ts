import { parseTime } from '../../domain/duration.ts';
import { AuthctlError } from '../../domain/errors.ts';
import { type LockKind, type Lockout, lockKinds } from '../../domain/lockout.ts';
import {
  isUserId,
  parseEmail,
  parsePersonalText,
  parseUsername,
  type UsernameRules,
} from '../../domain/username.ts';
import type { ImportedFields, ImportField } from './fields.ts';
import type { RejectCode } from './reject-codes.ts';

/** What a record says of a user, checked, before anything is known of the database. */
export interface ImportedUser {
  /** `undefined` for a new one. */
  id: string | undefined;
  username: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  disabled: boolean;
  mustChangePassword: boolean;
  passwordChangedAt: Date | null;
  expiresAt: Date | null;
  createdAt: Date | null;
  lastLoginAt: Date | null;
  /** What else an export of ours holds; it comes back as it was. */
  own: OwnFields | undefined;
}

/** What only an export of ours tells of a user. */
export interface OwnFields {
  emailVerifiedAt: Date | null;
  disabledAt: Date | null;
  lockedAt: Date | null;
  lockout: Lockout;
  createdBy: string;
  updatedAt: Date;
  updatedBy: string;
  deletedAt: Date | null;
  deletedBy: string | null;
  version: number;
}

/** Why a record is left behind: a stable code, and a sentence without any secret. */
export class Reject extends Error {
  readonly code: RejectCode;
  constructor(code: RejectCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Reads the fields of a record. Throws `Reject`. */
export function readImportedUser(fields: ImportedFields, rules: UsernameRules): ImportedUser {
  const text = (field: ImportField) => textOf(fields, field);
  const yes = (field: ImportField) => truthOf(fields, field);
  const username = text('username');
  if (username === null) throw new Reject('no-username', 'the record has no username');
  return rejecting(() => {
    const email = text('email');
    const own = fields.ownExport ? readOwnFields(fields) : undefined;
    return {
      id: readId(fields),
      // A name that was accepted once comes back, whatever the policy says today.
      username: parseUsername(username, own ? anyUsername : rules),
      email: email === null ? null : parseEmail(email),
      firstName: parsePersonalText(text('firstName') ?? '', 'first name'),
      lastName: parsePersonalText(text('lastName') ?? '', 'last name'),
      // Whatever kept somebody out there keeps them out here, until an operator decides.
      disabled:
        !own &&
        (yes('active') === false ||
          yes('disabled') === true ||
          yes('locked') === true ||
          isSet(fields.deletedAt)),
      mustChangePassword: yes('mustChangePassword') === true,
      passwordChangedAt: timeOf(fields, 'passwordChangedAt'),
      expiresAt: timeOf(fields, 'expiresAt'),
      createdAt: timeOf(fields, 'createdAt'),
      lastLoginAt: timeOf(fields, 'lastLoginAt'),
      own,
    };
  });
}

const anyUsername: UsernameRules = {
  ...{ minLength: 1, maxLength: 200, characters: "!#$%&'*+./=?@^_`{|}~-" },
  forbidConfusable: false,
};

function readId(fields: ImportedFields): string | undefined {
  const id = textOf(fields, 'id');
  if (id === null) return undefined;
  if (!isUserId(id)) throw new Reject('invalid-id', 'the id is not a UUID');
  return id.toLowerCase();
}

function readOwnFields(fields: ImportedFields): OwnFields {
  const now = new Date();
  const lockedAt = timeOf(fields, 'lockedAt');
  const lock = lockedAt && {
    until: timeOf(fields, 'lockedUntil') ?? ('unlocked' as const),
    reason: textOf(fields, 'lockReason'),
    kind: lockKindOf(fields),
  };
  return {
    emailVerifiedAt: timeOf(fields, 'emailVerifiedAt'),
    disabledAt: timeOf(fields, 'disabledAt'),
    lockedAt,
    lockout: {
      lock: lock ?? undefined,
      failures: countOf(fields, 'failedAttempts'),
      consecutiveFailures: countOf(fields, 'consecutiveFailures'),
    },
    createdBy: textOf(fields, 'createdBy') ?? '',
    updatedAt: timeOf(fields, 'updatedAt') ?? now,
    updatedBy: textOf(fields, 'updatedBy') ?? '',
    deletedAt: timeOf(fields, 'deletedAt'),
    deletedBy: textOf(fields, 'deletedBy'),
    version: Math.max(1, countOf(fields, 'version')),
  };
}

// An export of an older version does not say it: then nobody but an administrator unlocks the user.
function lockKindOf(fields: ImportedFields): LockKind {
  const text = textOf(fields, 'lockKind');
  const kind = text === null ? 'administrator' : lockKinds.find((one) => one === text);
  if (kind === undefined) throw new Reject('invalid-value', `the lockKind is not ${lockKinds.join(' or ')}`);
  return kind;
}

function countOf(fields: ImportedFields, field: ImportField): number {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return 0;
  const count = /^\d{1,9}$/.test(String(value)) ? Number(value) : Number.NaN;
  if (!Number.isInteger(count)) throw new Reject('invalid-value', `the ${field} is not a whole number`);
  return count;
}

/** Codes of the domain's own errors that say why a record is left behind. */
const refusedValues = ['invalid-username', 'invalid-email', 'invalid-name', 'invalid-password'] as const;

/** Gives what `read` gives; a value that the domain refuses becomes a `Reject`. */
export function rejecting<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AuthctlError)) throw error;
    const code = refusedValues.find((one) => one === error.code);
    throw code === undefined ? error : new Reject(code, error.message);
  }
}

/** A field's text, `null` when it is empty or not there. Throws `Reject` for what is no text. */
export function textOf(fields: ImportedFields, field: ImportField): string | null {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new Reject('not-text', `the ${field} is not text`);
  if (value.includes('\0')) throw new Reject('not-text', `the ${field} holds a NUL character`);
  // JSON can spell it, no other text can: stored and hashed it would be another character.
  if (/\p{Cs}/u.test(value)) throw new Reject('not-text', `the ${field} holds half a character`);
  return value;
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
};

function truthOf(fields: ImportedFields, field: ImportField): boolean | undefined {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return undefined;
  const word = String(value).toLowerCase();
  const truth = Object.hasOwn(truths, word) ? truths[word] : undefined;
  if (truth === undefined) throw new Reject('invalid-value', `the ${field} is neither true nor false`);
  return truth;
}

// A time at which it was deleted, or a truth value.
function isSet(value: unknown): boolean {
  return (
    value !== undefined &&
    value !== null &&
    !['', 'false', 'f', 'no', 'n', '0'].includes(String(value).toLowerCase())
  );
}

function timeOf(fields: ImportedFields, field: ImportField): Date | null {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && value.length <= 40) {
    try {
      return parseTime(value);
    } catch {
      // Told below, in the words of an import.
    }
  }
  throw new Reject('invalid-time', `the ${field} is not a time in ISO 8601`);
}
