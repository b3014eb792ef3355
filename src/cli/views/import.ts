import type { ImportReport, RowOutcome } from '../../services/import-report.ts';
import type { View } from '../render/view.ts';

type ShownReport = ImportReport & { dryRun: boolean };

/** What an import has done, or with `dryRun` would do. */
export const importView: View<ShownReport> = {
  columns: [
    {
      header: 'Rows',
      value: (report) => `${report.rows}${report.dryRun ? ' (dry run: nothing was written)' : ''}`,
    },
    { header: 'Created', value: (report) => String(report.created), tone: () => 'good' },
    { header: 'Updated', value: (report) => String(report.updated) },
    { header: 'Skipped', value: (report) => String(report.skipped) },
    {
      header: 'Rejected',
      value: (report) => [String(report.rejected), ...report.rejects.map(rejectText)].join('; '),
      tone: (report) => (report.rejected > 0 ? 'bad' : undefined),
    },
    {
      header: 'Weak passwords',
      value: (report) => `${report.weakPasswords} to be changed at the next login`,
    },
    { header: 'Ignored columns', value: (report) => report.ignoredColumns.join(', ') || 'none' },
  ],
  json: ({ rows, created, updated, skipped, rejected, weakPasswords, rejects, ignoredColumns, dryRun }) => ({
    rows,
    created,
    updated,
    skipped,
    rejected,
    weakPasswords,
    rejects,
    ignoredColumns,
    dryRun,
  }),
};

const rejectText = ({ code, count, firstLine }: ImportReport['rejects'][number]) =>
  `${count} ${code} (first at line ${firstLine})`;

/** What would become of one row. */
export const rowView: View<RowOutcome> = {
  columns: [
    { header: 'LINE', value: (row) => String(row.line) },
    { header: 'USERNAME', value: (row) => row.username ?? '' },
    {
      header: 'OUTCOME',
      value: (row) => row.outcome,
      tone: (row) => (row.outcome === 'rejected' ? 'bad' : row.outcome === 'skipped' ? 'dim' : 'good'),
    },
    { header: 'REASON', value: reasonText },
  ],
  json: (row) => ({
    line: row.line,
    username: row.username,
    outcome: row.outcome,
    code: row.outcome === 'rejected' ? row.code : null,
    message: row.outcome === 'rejected' ? row.message : null,
    weakPassword: 'weak' in row && row.weak,
  }),
};

function reasonText(row: RowOutcome): string {
  if (row.outcome === 'rejected') return `${row.code}: ${row.message}`;
  return 'weak' in row && row.weak ? 'weak password, to be changed at the next login' : '';
}
