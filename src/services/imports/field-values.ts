import { AuthctlError } from '../../domain/errors.ts';
import { RefusedValue } from '../../domain/username.ts';
import type { ImportedFields, ImportField } from './fields.ts';
import type { RejectCode } from './reject-codes.ts';
import { readTime } from './times.ts';

/** Why a record is left behind: a stable code, and a sentence without any secret. */
export class Reject extends Error {
  readonly code: RejectCode;
  constructor(code: RejectCode, message: string) {
    super(message);
    this.code = code;
  }
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
    throw code === undefined
      ? error
      : new Reject(code, error instanceof RefusedValue ? error.unquoted : error.message);
  }
}

const isEmpty = (value: unknown): value is undefined | null | '' =>
  value === undefined || value === null || value === '';

/** A field's text, `null` when it is empty or not there. Throws `Reject` for what is no text. */
export function textOf(fields: ImportedFields, field: ImportField): string | null {
  const value = fields[field];
  if (isEmpty(value)) return null;
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

function truthIn(value: unknown): boolean | undefined {
  const word = String(value).toLowerCase();
  return Object.hasOwn(truths, word) ? truths[word] : undefined;
}

/** Whether a field is true; `undefined` when it is empty or not there. Throws `Reject` for what is no truth value. */
export function truthOf(fields: ImportedFields, field: ImportField): boolean | undefined {
  const value = fields[field];
  if (isEmpty(value)) return undefined;
  const truth = truthIn(value);
  if (truth === undefined) throw new Reject('invalid-value', `the ${field} is neither true nor false`);
  return truth;
}

/** Whether something has happened, of which a field holds the time or a truth value. */
export function hasHappened(fields: ImportedFields, field: ImportField): boolean {
  const value = fields[field];
  if (isEmpty(value)) return false;
  return truthIn(value) ?? readTime(value).kind !== 'never';
}

/** A field's time, `null` when it is empty, not there or stands for never. Throws `Reject` for what is no time. */
export function timeOf(fields: ImportedFields, field: ImportField): Date | null {
  const value = fields[field];
  if (isEmpty(value)) return null;
  const read = readTime(value);
  if (read.kind === 'at') return read.time;
  if (read.kind === 'never') return null;
  throw new Reject(
    'invalid-time',
    `the ${field} is not a time that can be read (--ignore COLUMN leaves its column out)`,
  );
}

/** A field's flags, none when it is empty or not there. Throws `Reject` for what is no number. */
export function flagsOf(fields: ImportedFields, field: ImportField): number {
  const value = fields[field];
  if (isEmpty(value)) return 0;
  if (/^-?\d{1,10}$/.test(String(value))) return Number(value);
  throw new Reject('invalid-value', `the ${field} is not a whole number`);
}

/** A field's whole number, 0 when it is empty or not there. Throws `Reject` for what is none. */
export function countOf(fields: ImportedFields, field: ImportField): number {
  const value = fields[field];
  if (isEmpty(value)) return 0;
  if (/^\d{1,9}$/.test(String(value))) return Number(value);
  throw new Reject('invalid-value', `the ${field} is not a whole number`);
}
