import { AuthctlError } from '../domain/errors.ts';
import type { BadRow, DumpRow } from '../dumps/format.ts';
import type { HashPool } from '../hashing/pool.ts';
import { BatchSize, batches } from './batching.ts';
import type { ServiceContext } from './context.ts';
import { decide, existingUsers, type HashedCandidate, outcomeOf, writeBatch } from './import-batch.ts';
import { type Candidate, type Judgement, judgeRow, type Rejection } from './import-candidates.ts';
import { type StoredProgress, saveProgress } from './import-progress.ts';
import { addOutcomes, type ImportReport, type RowOutcome } from './import-report.ts';
import type { ImportRequest } from './import-request.ts';
import type { ImportSource } from './import-source.ts';
import type { RejectsFile } from './rejects-file.ts';

type Row = DumpRow | BadRow;

/** A batch whose hashes are being made. */
interface Prepared {
  rows: (Candidate | Rejection)[];
  hashed: Promise<(HashedCandidate | Rejection)[]>;
  end: number;
  since: number;
}

/** Batches that are hashed ahead of the one that is written, so that no core waits for the disk. */
const ahead = 2;

/** What one import works with. */
export interface ImportParts {
  context: ServiceContext;
  request: ImportRequest;
  source: ImportSource;
  judgement: Judgement;
  pool: HashPool;
  rejects: RejectsFile | undefined;
  progress: StoredProgress;
}

/** One import under way: judge rows, hash on all cores, write batches in the order of the dump. */
export class ImportRun {
  readonly #parts: ImportParts;
  readonly #size: BatchSize;
  #progress: StoredProgress;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#progress = parts.progress;
    this.#size = new BatchSize(parts.pool.size * 4, parts.request.batch);
  }

  /** Runs to the end of the pages; yields what became of each row, batch by batch, and gives the report. */
  async *run(pages: AsyncIterable<Row[]>): AsyncGenerator<RowOutcome[], ImportReport> {
    const { request } = this.#parts;
    const waiting: Prepared[] = [];
    let broken: unknown;
    try {
      for await (const rows of batches(pages, this.#size)) {
        waiting.push(await this.#prepare(rows));
        if (waiting.length > ahead) yield this.#write(waiting.shift());
        if (request.signal.aborted) throw this.#interrupted();
      }
    } catch (error) {
      if (request.signal.aborted) throw error;
      // What was read before the dump broke is good.
      broken = error;
    }
    while (waiting.length > 0 && !request.signal.aborted) yield this.#write(waiting.shift());
    if (request.signal.aborted) throw this.#interrupted();
    if (broken) throw this.#withReport(broken);
    return this.#finish();
  }

  async #prepare(rows: readonly Row[]): Promise<Prepared> {
    const { judgement, context, request } = this.#parts;
    const since = performance.now();
    const judged = rows.map((row) => judgeRow(row, judgement));
    const candidates = judged.filter((row) => 'user' in row);
    const needHash = candidates.some((candidate) => candidate.password !== null) && !request.dryRun;
    // Asked again under the lock; here it saves hashing what will be rejected.
    const existing = needHash ? await existingUsers(context.store, candidates) : new Map();
    const hashed = Promise.all(
      judged.map((row) => {
        if (!('user' in row)) return row;
        const decision = decide({ ...row, passwordHash: '' }, existing, request);
        const wanted = decision.kind === 'create' || (decision.kind === 'update' && request.updatePasswords);
        return this.#hash(row, wanted);
      }),
    );
    // Awaited when its turn comes; until then a failure is nobody's.
    hashed.catch(() => {});
    return { rows: judged, hashed, end: rows.at(-1)?.end ?? 0, since };
  }

  async #hash(row: Candidate, wanted: boolean): Promise<HashedCandidate> {
    const { pool, judgement, request } = this.#parts;
    if (row.password === null) return { ...row, passwordHash: undefined };
    // A rehearsal shows that there would be a hash, without making it.
    if (request.dryRun || !wanted) return { ...row, passwordHash: request.dryRun ? '' : undefined };
    return { ...row, passwordHash: await pool.hash(row.password, judgement.policy) };
  }

  async #write(batch: Prepared | undefined): Promise<RowOutcome[]> {
    if (!batch) return [];
    const { request, source, judgement } = this.#parts;
    const rows = await batch.hashed;
    const outcomes = request.dryRun ? await this.#rehearse(rows) : await this.#commit(rows, batch.end);
    const report = addOutcomes(this.#progress.report, outcomes);
    this.#progress = { ...this.#progress, report: { ...report, ignoredColumns: judgement.columns.ignored } };
    this.#size.learn(rows.length, performance.now() - batch.since);
    request.onProgress?.({ report: this.#progress.report, bytes: batch.end, totalBytes: source.size });
    return outcomes;
  }

  async #rehearse(rows: readonly (HashedCandidate | Rejection)[]): Promise<RowOutcome[]> {
    const candidates = rows.filter((row) => 'user' in row);
    const existing = await existingUsers(this.#parts.context.store, candidates);
    return rows.map((row) =>
      'user' in row ? outcomeOf(row, decide(row, existing, this.#parts.request)) : row,
    );
  }

  async #commit(rows: readonly (HashedCandidate | Rejection)[], end: number): Promise<RowOutcome[]> {
    const { context, request, source, rejects, judgement } = this.#parts;
    const { store, caller } = context;
    const now = context.now();
    return store.transaction(async (tx) => {
      const batch = { rules: request, importId: this.#progress.id, actor: caller.actor, now };
      const outcomes = await writeBatch(tx, rows, batch);
      rejects?.append(outcomes.filter((row) => row.outcome === 'rejected'));
      const progress: StoredProgress = {
        ...this.#progress,
        rows: this.#progress.rows + rows.length,
        bytes: end,
        sha256: source.prefix.upTo(end),
        rejectsLength: rejects?.length ?? 0,
        report: {
          ...addOutcomes(this.#progress.report, outcomes),
          ignoredColumns: judgement.columns.ignored,
        },
      };
      await saveProgress(tx, progress, now);
      this.#progress = { ...progress, report: this.#progress.report };
      return outcomes;
    });
  }

  async #finish(): Promise<ImportReport> {
    const { context, request } = this.#parts;
    const { report, finished } = this.#progress;
    if (request.dryRun || finished) return report;
    const { rows, created, updated, skipped, rejected } = report;
    await context.store.transaction(async (tx) => {
      await saveProgress(tx, { ...this.#progress, finished: true }, context.now());
      tx.audit({
        action: 'user.import',
        detail: { import: this.#progress.id, rows, created, updated, skipped, rejected },
      });
    });
    return report;
  }

  #withReport(error: unknown): unknown {
    if (!(error instanceof AuthctlError) || error.code !== 'dump-broken') return error;
    const { report } = this.#progress;
    const counts = `${report.created} created, ${report.updated} updated, ${report.skipped} skipped, ${report.rejected} rejected`;
    return new AuthctlError(error.code, `${error.message}; before it: ${counts}`, {
      hint: error.hint,
      details: { ...error.details, report },
      cause: error,
    });
  }

  #interrupted(): AuthctlError {
    const { rows } = this.#progress;
    return new AuthctlError('interrupted', `interrupted after ${rows} records`, {
      hint: this.#parts.request.dryRun ? undefined : 'repeat the command with --resume to go on there',
    });
  }
}
