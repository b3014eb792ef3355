import type { Policy } from '../../domain/policy.ts';
import type { Strength } from '../../hashing/index.ts';
import type { NameSet } from '../../store/index.ts';
import type { HashReading } from '../hashes/hashes.ts';
import type { FieldColumns } from './fields.ts';
import type { ImportedUser } from './imported-user.ts';
import type { RowOrigin, RowOutcome } from './report.ts';
import type { ImportRules } from './request.ts';

/**
 * By what an imported user logs in: nothing, a password to be hashed, or the hash that the dump has. A hash of the empty
 * password is left out, since it would log anybody in.
 */
export type Credential =
  | { kind: 'none' }
  | { kind: 'empty-password' }
  | { kind: 'plain'; password: string }
  | { kind: 'encoded'; text: string; scheme: string; strength: Strength };

/** A row that may come in, as far as the dump alone tells. */
export interface Candidate extends RowOrigin {
  user: ImportedUser;
  credential: Credential;
  /** The password must be changed, since the policy refuses it. */
  weak: boolean;
}

/** What a candidate's password is stored as: nothing, a hash that has not been made, or the text of a hash. */
export type PasswordHash = { kind: 'none' } | { kind: 'pending' } | { kind: 'stored'; text: string };

/** A candidate with what its password is stored as. */
export interface HashedCandidate extends Candidate {
  passwordHash: PasswordHash;
}

/** A row that is left behind. */
export type Rejection = Extract<RowOutcome, { outcome: 'rejected' }>;

/** Whether a validated row may come in. */
export const isCandidate = <T extends Candidate>(row: T | Rejection): row is T => 'user' in row;

/** What the rows of one import are validated by. */
export interface ValidationRules extends ImportRules {
  policy: Policy;
  /** Lower-case passwords that everyone tries first. */
  common: ReadonlySet<string>;
  hashes: HashReading;
  columns: FieldColumns;
  /** Where a record has no username, its e-mail address is the username: some systems know no usernames. */
  emailIsName: boolean;
  /** Names, addresses and ids of the rows so far. */
  seen: NameSet;
}
