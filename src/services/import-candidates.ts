import { AuthctlError } from '../domain/errors.ts';
import { normalizePassword, passwordFaults } from '../domain/password-policy.ts';
import type { Policy } from '../domain/policy.ts';
import { quote } from '../domain/text.ts';
import { identityKey, importedUsernameCharacters } from '../domain/username.ts';
import type { BadRow, DumpRow } from '../dumps/format.ts';
import type { HashScheme } from '../hashing/index.ts';
import { looksLikeHash } from '../hashing/resolve/looks-like-hash.ts';
import type { NameSet } from '../store/name-set.ts';
import type { FieldColumns, ImportField } from './import-fields.ts';
import type { RowOutcome } from './import-report.ts';
import type { ImportRules } from './import-request.ts';
import { filledFields, type ImportedUser, Reject, readImportedUser } from './import-row.ts';
import { usernameRules } from './users.ts';

/** A row that may come in, as far as the dump alone tells. */
export interface Candidate {
  line: number;
  user: ImportedUser;
  /** The password in NFC, `null` without one. */
  password: string | null;
  weak: boolean;
  /** Fields in which the dump has a value. */
  filled: ReadonlySet<ImportField>;
}

export type Rejection = Extract<RowOutcome, { outcome: 'rejected' }>;

/** What the rows of one import are judged by. */
export interface Judgement {
  rules: ImportRules;
  policy: Policy;
  common: ReadonlySet<string>;
  schemes: readonly HashScheme[];
  columns: FieldColumns;
  seen: NameSet;
}

/** Judges a row by itself and by the rows before it; its username and e-mail count as seen from now on. */
export function judgeRow(row: DumpRow | BadRow, judgement: Judgement): Candidate | Rejection {
  let username: string | null = null;
  try {
    if ('problem' in row) throw new Reject(row.problem.code, row.problem.message);
    const { rules, policy, columns, seen } = judgement;
    const fields = columns.pick(row.fields);
    const limits = usernameRules(policy);
    const characters = limits.characters + importedUsernameCharacters;
    const user = readImportedUser(fields, { ...limits, characters });
    username = user.username;
    requireUnseen(user, seen);
    const { password, weak } = judgePassword(user, judgement);
    if (weak && rules.weakPasswords === 'reject') {
      throw new Reject('weak-password', 'the password does not satisfy the policy');
    }
    const flagged = weak && rules.weakPasswords === 'flag';
    return { line: row.line, user, password, weak: flagged, filled: filledFields(fields) };
  } catch (error) {
    if (!(error instanceof Reject)) throw error;
    return { line: row.line, username, outcome: 'rejected', code: error.code, message: error.message };
  }
}

function requireUnseen({ username, email }: ImportedUser, seen: NameSet): void {
  const name = identityKey(username);
  if (!seen.add(name)) throw new Reject('duplicate', `${quote(username)} is in the dump more than once`);
  const address = email === null ? name : identityKey(email);
  if (address !== name && !seen.add(address)) {
    throw new Reject('duplicate', `the e-mail address ${quote(email ?? '')} is in the dump more than once`);
  }
}

function judgePassword(
  { username, password: text }: ImportedUser,
  { rules, policy, common, schemes }: Judgement,
): { password: string | null; weak: boolean } {
  if (text === null) {
    if (!rules.allowNoPassword) {
      throw new Reject(
        'no-password',
        'the record has no password (--allow-no-password takes it all the same)',
      );
    }
    return { password: null, weak: false };
  }
  if (!rules.plaintext && looksLikeHash(text, schemes)) {
    throw new Reject(
      'looks-like-hash',
      'the password looks like a hash (--plaintext takes it as a password)',
    );
  }
  const password = normalized(text);
  return { password, weak: passwordFaults(password, policy, { username, common }).length > 0 };
}

function normalized(text: string): string {
  try {
    return normalizePassword(text);
  } catch (error) {
    if (error instanceof AuthctlError) throw new Reject(error.code, error.message);
    throw error;
  }
}
