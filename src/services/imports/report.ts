import type { UserStatus } from '../../domain/user.ts';
import type { Strength } from '../../hashing/index.ts';
import type { RejectCode } from './reject-codes.ts';

/** What an import has done so far; it can be stored and taken up again. */
export interface ImportReport {
  /** Records read, whatever became of them: the sum of the four below. */
  rows: number;
  created: number;
  updated: number;
  /** Left as they were: known already, or nothing to change. */
  skipped: number;
  rejected: number;
  /** Created users who cannot log in: of several reasons the first counts that their status names. */
  disabled: number;
  expired: number;
  locked: number;
  deleted: number;
  /** Users who must change their password because it does not satisfy the policy. */
  weakPasswords: number;
  /** Why rows were rejected, and where that was met first. */
  rejects: { code: RejectCode; count: number; firstLine: number }[];
  /** How the passwords of created and updated users came; `empty-password` counts those that were left out as empty. */
  credentials: { scheme: string; strength: Strength; count: number }[];
  /** What the dump was read as; `null` before its first record. */
  format: string | null;
  /** Columns that are used, and for which field. */
  columns: { column: string; field: string }[];
  ignoredColumns: string[];
  /** Rehearsals only: seconds that hashing would take on this machine. */
  hashingSeconds: number | null;
}

export const emptyReport = (): ImportReport => ({
  rows: 0,
  created: 0,
  updated: 0,
  skipped: 0,
  rejected: 0,
  disabled: 0,
  expired: 0,
  locked: 0,
  deleted: 0,
  weakPasswords: 0,
  rejects: [],
  credentials: [],
  format: null,
  columns: [],
  ignoredColumns: [],
  hashingSeconds: null,
});

/** What became of a record's password. */
interface PasswordOutcome {
  /** It must be changed, since the policy refuses it. */
  weak: boolean;
  /** How it came; `undefined` without a password, and where the user's password stays. */
  credential: { scheme: string; strength: Strength } | undefined;
}

/** Where a record stands in the dump. */
export interface RowOrigin {
  line: number;
  /** Number of the record, from 1; `undefined` where its line tells it apart. */
  position: number | undefined;
}

/** What became of one record. */
export type RowOutcome = RowOrigin & { username: string | null } & (
    | ({ outcome: 'created'; status: UserStatus } & PasswordOutcome)
    | ({ outcome: 'updated' } & PasswordOutcome)
    | { outcome: 'skipped' }
    | { outcome: 'rejected'; code: RejectCode; message: string }
  );

/** A report with the outcomes of more rows. */
export function addOutcomes(report: ImportReport, outcomes: readonly RowOutcome[]): ImportReport {
  const next = {
    ...report,
    rejects: report.rejects.map((reject) => ({ ...reject })),
    credentials: report.credentials.map((credential) => ({ ...credential })),
  };
  for (const row of outcomes) {
    next.rows += 1;
    next[row.outcome] += 1;
    if (row.outcome === 'created' && row.status !== 'active') next[row.status] += 1;
    if ('weak' in row && row.weak) next.weakPasswords += 1;
    if ('credential' in row && row.credential) countCredential(next.credentials, row.credential);
    if (row.outcome !== 'rejected') continue;
    const known = next.rejects.find((reject) => reject.code === row.code);
    if (known) known.count += 1;
    else next.rejects.push({ code: row.code, count: 1, firstLine: row.line });
  }
  return next;
}

function countCredential(
  counts: ImportReport['credentials'],
  { scheme, strength }: { scheme: string; strength: Strength },
): void {
  const known = counts.find((one) => one.scheme === scheme && one.strength === strength);
  if (known) known.count += 1;
  else counts.push({ scheme, strength, count: 1 });
}
