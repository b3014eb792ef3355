/** What an import has done so far; it can be stored and taken up again. */
export interface ImportReport {
  /** Records read, whatever became of them: the sum of the four below. */
  rows: number;
  created: number;
  updated: number;
  /** Left as they were: known already, or nothing to change. */
  skipped: number;
  rejected: number;
  /** Users who must change their password because it does not satisfy the policy. */
  weakPasswords: number;
  /** Why rows were rejected, and where that was met first. */
  rejects: { code: string; count: number; firstLine: number }[];
  ignoredColumns: string[];
}

export const emptyReport = (): ImportReport => ({
  rows: 0,
  created: 0,
  updated: 0,
  skipped: 0,
  rejected: 0,
  weakPasswords: 0,
  rejects: [],
  ignoredColumns: [],
});

/** What became of one record. */
export type RowOutcome =
  | { line: number; username: string | null; outcome: 'created' | 'updated'; weak: boolean }
  | { line: number; username: string | null; outcome: 'skipped' }
  | { line: number; username: string | null; outcome: 'rejected'; code: string; message: string };

/** A report with the outcomes of more rows. */
export function addOutcomes(report: ImportReport, outcomes: readonly RowOutcome[]): ImportReport {
  const next = { ...report, rejects: report.rejects.map((reject) => ({ ...reject })) };
  for (const row of outcomes) {
    next.rows += 1;
    next[row.outcome] += 1;
    if ('weak' in row && row.weak) next.weakPasswords += 1;
    if (row.outcome !== 'rejected') continue;
    const known = next.rejects.find((reject) => reject.code === row.code);
    if (known) known.count += 1;
    else next.rejects.push({ code: row.code, count: 1, firstLine: row.line });
  }
  return next;
}
