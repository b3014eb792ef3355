import type { ImportReport, ProbeResult, RowOutcome } from '../../services/imports/imports.ts';
import type { View } from '../render/view.ts';

type ShownReport = ImportReport & { dryRun: boolean };

/** Statuses of created users who cannot log in. */
const statuses = ['disabled', 'expired', 'locked', 'deleted'] as const;

/** The result of an import, or with `dryRun` what it would be. */
export const importView: View<ShownReport> = {
  columns: [
    {
      header: 'Rows',
      value: (report) => `${report.rows}${report.dryRun ? ' (dry run: nothing was written)' : ''}`,
    },
    { header: 'Created', value: (report) => String(report.created), tone: () => 'good' },
    {
      header: 'Unable to log in',
      value: (report) => {
        const counted = statuses.filter((status) => report[status] > 0);
        return counted.map((status) => `${report[status]} ${status}`).join(', ') || 'none';
      },
    },
    { header: 'Updated', value: (report) => String(report.updated) },
    { header: 'Skipped', value: (report) => String(report.skipped) },
    {
      header: 'Rejected',
      value: (report) => [String(report.rejected), ...report.rejects.map(rejectText)].join('; '),
      tone: (report) => (report.rejected > 0 ? 'bad' : undefined),
    },
    { header: 'Passwords', value: (report) => report.credentials.map(credentialText).join(', ') || 'none' },
    {
      header: 'Weak passwords',
      value: (report) => `${report.weakPasswords} to be changed at the next login`,
    },
    { header: 'Format', value: (report) => report.format ?? '-' },
    { header: 'Columns', value: (report) => report.columns.map(columnText).join(', ') },
    { header: 'Ignored columns', value: (report) => report.ignoredColumns.join(', ') || 'none' },
    {
      header: 'Hashing',
      value: ({ hashingSeconds }) =>
        hashingSeconds === null ? 'done' : `about ${secondsText(hashingSeconds)} on this machine`,
    },
  ],
  json: (report) => ({
    rows: report.rows,
    created: report.created,
    updated: report.updated,
    skipped: report.skipped,
    rejected: report.rejected,
    disabled: report.disabled,
    expired: report.expired,
    locked: report.locked,
    deleted: report.deleted,
    weakPasswords: report.weakPasswords,
    rejects: report.rejects,
    credentials: report.credentials,
    format: report.format,
    columns: report.columns,
    ignoredColumns: report.ignoredColumns,
    hashingSeconds: report.hashingSeconds,
    dryRun: report.dryRun,
  }),
};

function credentialText({ scheme, strength, count }: ImportReport['credentials'][number]): string {
  if (scheme === 'empty-password') return `${count} empty (the users came in without a password)`;
  return strength === 'none' ? `${count} in plain text` : `${count} ${scheme} (${strength})`;
}

const columnText = ({ column, field }: ImportReport['columns'][number]) =>
  column === field ? column : `${column} as ${field}`;

const secondsText = (seconds: number) =>
  seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} minutes`;

const rejectText = ({ code, count, firstLine }: ImportReport['rejects'][number]) =>
  `${count} ${code} (first at line ${firstLine})`;

/** What would become of one row. */
export const rowView: View<RowOutcome> = {
  columns: [
    { header: 'LINE', value: originText },
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
    position: row.position ?? null,
    username: row.username,
    outcome: row.outcome,
    code: row.outcome === 'rejected' ? row.code : null,
    message: row.outcome === 'rejected' ? row.message : null,
    weakPassword: 'weak' in row && row.weak,
  }),
};

function originText({ line, position }: RowOutcome): string {
  return position === undefined ? String(line) : `${line}, no. ${position}`;
}

function reasonText(row: RowOutcome): string {
  if (row.outcome === 'rejected') return `${row.code}: ${row.message}`;
  if (!('weak' in row)) return '';
  if (row.credential?.scheme === 'empty-password') return 'empty password, left out';
  return row.weak ? 'weak password, to be changed at the next login' : '';
}

/** Whether a dump's credential accepts a password. */
export const probeView: View<ProbeResult> = {
  columns: [
    { header: 'Username', value: (probe) => probe.username },
    { header: 'Line', value: (probe) => String(probe.line) },
    {
      header: 'Password',
      value: (probe) => (probe.accepted ? 'accepted' : 'refused'),
      tone: (probe) => (probe.accepted ? 'good' : 'bad'),
    },
    {
      header: 'Scheme',
      value: (probe) => probe.scheme ?? (probe.hashFormats.length > 0 ? 'ambiguous' : '-'),
    },
    {
      header: 'Hash format',
      value: (probe) => probe.hashFormats.map((format) => `--hash-format ${format}`).join(' or ') || '-',
    },
  ],
  json: ({ username, line, accepted, scheme, hashFormats }) => ({
    username,
    line,
    accepted,
    scheme,
    hashFormats,
  }),
};
