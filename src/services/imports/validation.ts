import { AuthctlError } from '../../domain/errors.ts';
import type { Policy } from '../../domain/policy.ts';
import { quote } from '../../domain/text.ts';
import { identityKey, importedUsernameCharacters, type UsernameRules } from '../../domain/username.ts';
import { type BadRow, DumpBroken, type DumpRow, type DumpSource, dumpFormats } from '../../dumps/index.ts';
import type { FirebaseParameters } from '../../hashing/index.ts';
import type { Heap } from '../../io/heap.ts';
import { NameSet } from '../../store/index.ts';
import { hashReading } from '../hashes/hashes.ts';
import { commonPasswords } from '../passwords/passwords.ts';
import { usernameRules } from '../users/users.ts';
import type { Candidate, Rejection, ValidationRules } from './candidate.ts';
import { validateCredential } from './credential.ts';
import { Reject } from './field-values.ts';
import { type DumpColumns, FieldColumns, type ImportedFields } from './fields.ts';
import { type ImportedUser, readImportedUser, readUsername, requirePerson } from './imported-user.ts';
import type { ImportRules } from './request.ts';

type Row = DumpRow | BadRow;

/** A record that was validated, and the bytes of the dump up to its end. */
export interface ValidatedRow {
  row: Candidate | Rejection;
  end: number;
}

/** Records validated together, and what the dump's columns have been taken for so far. */
export interface ValidatedPage {
  rows: ValidatedRow[];
  columns: DumpColumns;
}

/** How a dump is to be validated; it can be sent to another thread. */
export interface ValidationOptions {
  /** Id of the dump's format. */
  format: string;
  rules: ImportRules;
  policy: Policy;
  firebase: FirebaseParameters | undefined;
  /** The first record has been found to be of use before: the import is resumed. */
  firstIsKnown: boolean;
}

/** What tells which fields a record has. */
type FieldRules = Pick<ValidationRules, 'columns' | 'emailIsName'>;

/** Rows of a page at most, so that what waits between reading and writing stays small. */
const pageRows = 500;

// Firebase and Auth0 know people by their addresses.
const formatsWithoutNames: readonly string[] = ['firebase-json', 'firebase-csv', 'auth0'];

/** Whether whoever imports the dump says by its format that authctl exported it. */
export const isOwnFormat = (format: string): boolean => format === 'authctl';

/** Whether a record without a username is known by its e-mail address. */
export const emailIsName = (format: string): boolean => formatsWithoutNames.includes(format);

/** The records of a dump, as the format with this id reads them. */
export function readPages(
  format: string,
  source: DumpSource,
  header?: readonly string[],
): AsyncIterable<Row[]> {
  const found = dumpFormats.find(({ id }) => id === format);
  if (!found) throw new Error(`no such format: ${format}`);
  return found.read(source, { columns: header });
}

/**
 * Validates the records that a dump's reader finds, each by itself and by those before it. Throws `invalid-dump` when
 * nothing can be made of the first, and `dump-broken` behind the last that could be read.
 */
export async function* validatedPages(
  options: ValidationOptions,
  pages: AsyncIterable<Row[]>,
  heap?: Heap,
): AsyncGenerator<ValidatedPage> {
  const seen = new NameSet();
  try {
    const rules = await makeRules(options, seen);
    const { columns } = rules;
    for await (const page of firstChecked(pages, options.firstIsKnown, rules)) {
      for (let start = 0; start < page.length; start += pageRows) {
        const some = page.slice(start, start + pageRows);
        const rows = some.map((row) => ({ row: validateRow(row, rules), end: row.end }));
        yield { rows, columns: { used: columns.used, ignored: columns.ignored } };
        heap?.tidy();
      }
    }
  } finally {
    seen.close();
  }
}

async function makeRules(options: ValidationOptions, seen: NameSet): Promise<ValidationRules> {
  const { rules, policy, firebase } = options;
  return {
    ...rules,
    policy,
    common: policy.passwordForbidCommon ? await commonPasswords() : new Set(),
    hashes: await hashReading(rules.hashFormat, firebase),
    columns: new FieldColumns({ ...rules, own: isOwnFormat(options.format) }),
    emailIsName: emailIsName(options.format),
    seen,
  };
}

/** Passes the pages on, and refuses a dump whose first record shows that nothing can be made of it. */
async function* firstChecked(
  pages: AsyncIterable<Row[]>,
  firstIsKnown: boolean,
  rules: FieldRules,
): AsyncGenerator<Row[]> {
  let checked = firstIsKnown;
  try {
    for await (const page of pages) {
      // What is no user, such as the domain in front of a directory, says nothing about the users behind it.
      const first = page.find((row) => !('problem' in row && row.problem.code === 'not-a-user'));
      if (!checked && first) requireReadable(first, rules);
      checked ||= first !== undefined;
      yield page;
    }
  } catch (error) {
    throw error instanceof DumpBroken ? unreadable(error, checked) : error;
  }
}

/** @param checked whether records have been read before, and may be in the database */
export function unreadable(error: DumpBroken, checked: boolean): AuthctlError {
  const where = `the dump cannot be read ${checked ? 'on ' : ''}at line ${error.line}`;
  return new AuthctlError(checked ? 'dump-broken' : 'invalid-dump', `${where}: ${error.message}`, {
    details: { line: error.line },
    hint: checked ? 'mend it from there on and repeat the command with --resume' : undefined,
    cause: error,
  });
}

function requireReadable(first: Row, rules: FieldRules): void {
  if ('problem' in first) {
    throw new AuthctlError(
      'invalid-dump',
      `the first record, at line ${first.line}, is unreadable: ${first.problem.message}`,
    );
  }
  const names = Object.keys(first.fields);
  // The first record may prove that the dump is an export of ours, whose columns are known otherwise.
  const fields = rowFields(first, rules);
  const shown = rules.columns.shown(names);
  const missing = rules.columns.missing(names);
  const refuse = (message: string, hint: string) => {
    const listed = shown.columns.slice(0, 20).map(quote).join(', ');
    throw new AuthctlError('invalid-dump', message, {
      hint: shown.known === 0 ? `${hint}; ${noHeaderHint}` : `${hint}; its columns are ${listed}`,
    });
  };
  if (missing !== undefined)
    refuse(`the dump has no column ${quote(missing)}, which --map names`, 'name one that it has');
  if (fields.username === undefined) {
    refuse(
      `no column of the dump (line ${first.line}) is known as the username`,
      'name it with --map username=COLUMN',
    );
  }
}

// Nothing in the first line is known to be the name of a column.
export const noHeaderHint =
  'no column has a name that is known: if the first line is a user, say --no-header --columns username,password';

/** Validates a row by itself and by the rows before it; its username, e-mail and id count as seen from now on. */
export function validateRow(row: Row, rules: ValidationRules): Candidate | Rejection {
  let username: string | null = null;
  try {
    if ('problem' in row) throw new Reject(row.problem.code, row.problem.message);
    const fields = rowFields(row, rules);
    requirePerson(fields);
    username = readUsername(fields, importedNameRules(rules.policy));
    const user = readImportedUser(fields, username);
    requireUnseen(user, rules.seen);
    const { credential, weak } = validateCredential(fields, username, rules);
    // Written out, as wherever there is one for each row: a spread of objects costs several times as much.
    return { line: row.line, position: row.position, user, credential, weak };
  } catch (error) {
    if (!(error instanceof Reject)) throw error;
    const { code, message } = error;
    return { line: row.line, position: row.position, username, outcome: 'rejected', code, message };
  }
}

/** The fields of a row, as the columns and the format tell. */
export function rowFields(row: DumpRow, { columns, emailIsName }: FieldRules): ImportedFields {
  const fields = columns.pick(row);
  if (emailIsName && (fields.username === undefined || fields.username === null || fields.username === '')) {
    fields.username = fields.email;
  }
  return fields;
}

function importedNameRules(policy: Policy): UsernameRules {
  const rules = usernameRules(policy);
  return { ...rules, characters: rules.characters + importedUsernameCharacters };
}

function requireUnseen({ id, username, email }: ImportedUser, seen: NameSet): void {
  if (id !== undefined && !seen.add(`:${id}`))
    throw new Reject('duplicate', 'the id is in the dump more than once');
  const name = identityKey(username);
  if (!seen.add(name)) throw new Reject('duplicate', `${quote(username)} is in the dump more than once`);
  // The address may be the name.
  if (email === null || identityKey(email) === name || seen.add(identityKey(email))) return;
  throw new Reject('duplicate', `the e-mail address ${quote(email)} is in the dump more than once`);
}
