import { expect } from 'vitest';
import type { Scene } from '../../../scene.ts';

/** The fields that every report has; it may have more. */
export interface Report {
  rows: number;
  created: number;
  updated: number;
  skipped: number;
  rejected: number;
  weakPasswords: number;
  rejects: { code: string; count: number; firstLine: number }[];
  ignoredColumns: string[];
  dryRun: boolean;
}

/** One line of `user import --dry-run --rows`. */
export interface ShownRow {
  line: number;
  username: string | null;
  outcome: string;
  code: string | null;
  message: string | null;
  weakPassword: boolean;
}

interface Imported {
  report: Report;
  exitCode: number;
  stderr: string;
}

/** Reads a report that was printed, without its further fields. */
export function readReport(stdout: string): Report {
  const printed: Report = JSON.parse(stdout);
  const { rows, created, updated, skipped, rejected, weakPasswords, rejects, ignoredColumns, dryRun } =
    printed;
  return { rows, created, updated, skipped, rejected, weakPasswords, rejects, ignoredColumns, dryRun };
}

const counts = { rows: 0, created: 0, updated: 0, skipped: 0, rejected: 0, weakPasswords: 0 };

/** A report with these counts, all others being 0. */
export const reportOf = (given: Partial<Report>): Report => ({
  ...counts,
  rejects: [],
  ignoredColumns: [],
  dryRun: false,
  ...given,
});

/**
 * Imports a dump, first with `--dry-run` and then really, and checks what must be true of every import: the rehearsal
 * writes nothing and says what will happen, the counts add up, the exit code says whether rows were rejected,
 * and each user that was created or changed has one event.
 */
export async function importDump(cli: Scene, dump: string, options = '', stdin?: string): Promise<Imported> {
  const given = stdin === undefined ? {} : { stdin };
  const before = { contents: cli.contents(), events: (await cli.events()).length };
  const line = `user import ${dump} ${options} --json`;

  const rehearsal = await cli.run(`${line} --dry-run`, given);
  expect(cli.contents()).toBe(before.contents);
  const rows = await cli.run(`user import ${dump} ${options} --dry-run --rows --json`, given);
  expect(cli.contents()).toBe(before.contents);
  const seen = await cli.run(line, given);

  expect([0, 10], seen.stderr).toContain(seen.exitCode);
  const report = readReport(seen.stdout);
  expect(readReport(rehearsal.stdout)).toEqual({ ...report, dryRun: true });
  expect([rehearsal.exitCode, rows.exitCode]).toEqual([seen.exitCode, seen.exitCode]);
  expectSums(report, seen.exitCode);
  expectRows(report, JSON.parse(rows.stdout));
  const events = (await cli.events()).slice(before.events);
  expect(events.filter((event) => event.action === 'user.add')).toHaveLength(report.created);
  expect(events.filter((event) => event.action === 'user.set')).toHaveLength(report.updated);
  expect(new Set(events.slice(0, -1).map((event) => event.target)).size).toBe(
    report.created + report.updated,
  );
  const { rows: read, created, updated, skipped, rejected } = report;
  expect(events.at(-1)).toMatchObject({
    action: 'user.import',
    detail: { rows: read, created, updated, skipped, rejected },
  });
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
  return { report, exitCode: seen.exitCode, stderr: seen.stderr };
}

/** Checks what must be true of the counts of every report. */
export function expectSums(report: Report, exitCode: number): void {
  const { rows, created, updated, skipped, rejected, rejects } = report;
  expect(created + updated + skipped + rejected).toBe(rows);
  expect(rejects.reduce((sum, reject) => sum + reject.count, 0)).toBe(rejected);
  expect(exitCode).toBe(rejected > 0 ? 10 : 0);
}

function expectRows(report: Report, rows: ShownRow[]): void {
  const count = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
  const { created, updated, skipped, rejected } = report;
  expect([count('created'), count('updated'), count('skipped'), count('rejected')]).toEqual([
    created,
    updated,
    skipped,
    rejected,
  ]);
  expect(rows.filter((row) => row.weakPassword)).toHaveLength(report.weakPasswords);
  for (const { code, count: times, firstLine } of report.rejects) {
    const ones = rows.filter((row) => row.code === code);
    expect(ones).toHaveLength(times);
    expect(ones[0]?.line).toBe(firstLine);
  }
}
