import { parseTime } from '../domain/duration.ts';
import { AuthctlError } from '../domain/errors.ts';
import type { UsernameRules } from '../domain/username.ts';
import { parseEmail, parsePersonalText, parseUsername } from '../domain/username.ts';
import { type ImportField, importFields } from './import-fields.ts';

/** What a record says of a user, checked, before anything is known of the database. */
export interface ImportedUser {
  username: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  /** As the dump has it; `null` when it has none. */
  password: string | null;
  disabled: boolean;
  mustChangePassword: boolean;
  expiresAt: Date | null;
  createdAt: Date | null;
  lastLoginAt: Date | null;
}

/** Why a record is left behind: a stable code, and a sentence without any secret. */
export class Reject extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Fields = Partial<Record<ImportField, unknown>>;

/** Reads the fields of a record. Throws `Reject`. */
export function readImportedUser(fields: Fields, rules: UsernameRules): ImportedUser {
  const text = (field: ImportField) => textOf(fields, field);
  const yes = (field: ImportField) => truthOf(fields, field);
  const username = text('username');
  if (username === null) throw new Reject('no-username', 'the record has no username');
  return rejecting(() => {
    const email = text('email');
    return {
      username: parseUsername(username, rules),
      email: email === null ? null : parseEmail(email),
      firstName: parsePersonalText(text('firstName') ?? '', 'first name'),
      lastName: parsePersonalText(text('lastName') ?? '', 'last name'),
      password: text('password'),
      // Whatever kept somebody out there keeps them out here, until an operator decides.
      disabled:
        yes('active') === false ||
        yes('disabled') === true ||
        yes('locked') === true ||
        isSet(fields.deletedAt),
      mustChangePassword: yes('mustChangePassword') === true,
      expiresAt: timeOf(fields, 'expiresAt'),
      createdAt: timeOf(fields, 'createdAt'),
      lastLoginAt: timeOf(fields, 'lastLoginAt'),
    };
  });
}

/** Fields that a record has a value in. */
export function filledFields(fields: Fields): ReadonlySet<ImportField> {
  return new Set(
    importFields.filter(
      (field) => fields[field] !== undefined && fields[field] !== null && fields[field] !== '',
    ),
  );
}

function rejecting<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuthctlError) throw new Reject(error.code, error.message);
    throw error;
  }
}

function textOf(fields: Fields, field: ImportField): string | null {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new Reject('not-text', `the ${field} is not text`);
  if (value.includes('\0')) throw new Reject('not-text', `the ${field} holds a NUL character`);
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

function truthOf(fields: Fields, field: ImportField): boolean | undefined {
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

function timeOf(fields: Fields, field: ImportField): Date | null {
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
