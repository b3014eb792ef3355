import { AuthctlError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import type { ImportRow, Repositories } from '../../store/index.ts';
import { emptyReport, type ImportReport } from './report.ts';
import { type ImportSource, PrefixHash } from './source.ts';
import type { ValidatedPage } from './validation.ts';

/** How far an import has come, as it is stored with each batch. */
export interface StoredProgress {
  id: string;
  source: string;
  options: string;
  startedAt: string;
  finished: boolean;
  /** Records of the dump that are done, and the bytes up to the end of the last. */
  rows: number;
  bytes: number;
  /** SHA-256 of those bytes. */
  sha256: string;
  /** Bytes of the rejects file that belong to those records. */
  rejectsLength: number;
  report: ImportReport;
}

/** Progress of an import that has done nothing yet. */
export function newProgress(source: string, options: string, now: Date): StoredProgress {
  return {
    id: newId(),
    source,
    options,
    startedAt: now.toISOString(),
    finished: false,
    rows: 0,
    bytes: 0,
    sha256: new PrefixHash().upTo(0),
    rejectsLength: 0,
    report: emptyReport(),
  };
}

/** The progress of the last import of `source`; `undefined` when there was none. */
export async function loadProgress({ imports }: Pick<Repositories, 'imports'>, source: string) {
  const row = await imports.latest(source);
  return row && toProgress(row);
}

/** Throws `changed-meanwhile` when another run of the same import has gone on; who holds the lock finds out for sure. */
export async function requireAlone({ imports }: Repositories, { id, rows }: StoredProgress): Promise<void> {
  const stored = await imports.rowCount(id);
  if (stored === undefined || stored === rows) return;
  throw new AuthctlError('changed-meanwhile', 'another run of this import has gone on meanwhile', {
    hint: 'let it end; what it has imported is there, once',
  });
}

/** Stores progress in the transaction that is open. */
export async function saveProgress(
  { imports }: Repositories,
  progress: StoredProgress,
  now: Date,
): Promise<void> {
  await imports.save({
    id: progress.id,
    source: progress.source,
    options: progress.options,
    started_at: progress.startedAt,
    updated_at: now.toISOString(),
    finished_at: progress.finished ? now.toISOString() : null,
    row_count: progress.rows,
    byte_offset: progress.bytes,
    sha256: progress.sha256,
    rejects_length: progress.rejectsLength,
    report: JSON.stringify(progress.report),
  });
}

const toProgress = (row: ImportRow): StoredProgress => ({
  id: row.id,
  source: row.source,
  options: row.options,
  startedAt: row.started_at,
  finished: row.finished_at !== null,
  rows: Number(row.row_count),
  bytes: Number(row.byte_offset),
  sha256: row.sha256,
  rejectsLength: Number(row.rejects_length),
  // An import that was interrupted before an upgrade has a report with fewer counts.
  report: { ...emptyReport(), ...JSON.parse(row.report) },
});

/** The rows behind those that are done already. Throws `input-changed` where the dump does not begin as it did then. */
export async function* undoneRows(
  pages: AsyncIterable<ValidatedPage>,
  progress: StoredProgress,
  source: ImportSource,
): AsyncGenerator<ValidatedPage> {
  let done = 0;
  for await (const page of pages) {
    if (done === progress.rows) {
      yield page;
      continue;
    }
    const known = page.rows.slice(0, progress.rows - done);
    done += known.length;
    const last = known.at(-1);
    if (done === progress.rows && last) requireSameInput(progress, last.end, source.prefix.upTo(last.end));
    if (known.length < page.rows.length) yield { ...page, rows: page.rows.slice(known.length) };
  }
  if (done < progress.rows) throw inputChanged('the dump is shorter than what was imported of it');
}

/** Throws `input-changed` unless the first bytes of the dump are those of the interrupted import. */
function requireSameInput(progress: StoredProgress, end: number, sha256: string): void {
  if (end === progress.bytes && sha256 === progress.sha256) return;
  throw inputChanged(`its first ${progress.rows} records are not those that were imported`);
}

/** Throws `input-changed` unless the import is run with the options that it was begun with. */
export function requireSameOptions(progress: StoredProgress, options: string): void {
  if (progress.options === options) return;
  throw inputChanged('the options are not those with which it was begun');
}

/** The import cannot be resumed, because something is not as it was. */
const inputChanged = (why: string): AuthctlError =>
  new AuthctlError('input-changed', `the import cannot be resumed: ${why}`, {
    hint: 'without --resume it begins anew; users who are there already are then rejected',
  });
