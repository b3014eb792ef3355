import type { Policy } from '../../domain/policy.ts';
import { quote } from '../../domain/text.ts';
import { identityKey, importedUsernameCharacters, type UsernameRules } from '../../domain/username.ts';
import type { BadRow, DumpRow } from '../../dumps/format.ts';
import type { NameSet } from '../../store/name-set.ts';
import { usernameRules } from '../users/users.ts';
import { type Credential, type HashReading, judgeCredential } from './credential.ts';
import type { FieldColumns, ImportedFields } from './fields.ts';
import type { RowOutcome } from './report.ts';
import type { ImportRules } from './request.ts';
import { type ImportedUser, Reject, readImportedUser } from './row.ts';

/** A row that may come in, as far as the dump alone tells. */
export interface Candidate {
  line: number;
  user: ImportedUser;
  credential: Credential;
  /** The password must be changed, since the policy refuses it. */
  weak: boolean;
}

export type Rejection = Extract<RowOutcome, { outcome: 'rejected' }>;

/** What the rows of one import are judged by. */
export interface Judgement {
  rules: ImportRules;
  policy: Policy;
  /** Lower-case passwords that everyone tries first. */
  common: ReadonlySet<string>;
  hashes: HashReading;
  columns: FieldColumns;
  /** Where a record has no username, its e-mail address is it: so it is in systems that know no usernames. */
  emailIsName: boolean;
  seen: NameSet;
}

/** Judges a row by itself and by the rows before it; its username and e-mail count as seen from now on. */
export function judgeRow(row: DumpRow | BadRow, judgement: Judgement): Candidate | Rejection {
  let username: string | null = null;
  try {
    if ('problem' in row) throw new Reject(row.problem.code, row.problem.message);
    const fields = rowFields(row, judgement);
    const user = readImportedUser(fields, importedNameRules(judgement.policy));
    username = user.username;
    requireUnseen(user, judgement.seen);
    const { credential, weak } = judgeCredential(fields, username, judgement);
    return { line: row.line, user, credential, weak };
  } catch (error) {
    if (!(error instanceof Reject)) throw error;
    return { line: row.line, username, outcome: 'rejected', code: error.code, message: error.message };
  }
}

/** The fields of a row, as the columns and the format tell. */
export function rowFields(
  row: DumpRow,
  { columns, emailIsName }: Pick<Judgement, 'columns' | 'emailIsName'>,
): ImportedFields {
  const fields = columns.pick(row.fields);
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
  const address = email === null ? name : identityKey(email);
  if (address !== name && !seen.add(address)) {
    throw new Reject('duplicate', `the e-mail address ${quote(email ?? '')} is in the dump more than once`);
  }
}
