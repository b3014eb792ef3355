import { setTimeout as sleep } from 'node:timers/promises';
import { AuthctlError, type ErrorCode } from '../../domain/errors.ts';
import type { Policy } from '../../domain/policy.ts';
import type { HashPool } from '../../hashing/index.ts';
import { BatchSize, batches } from '../../io/batches.ts';
import type { Heap } from '../../io/heap.ts';
import { interrupted } from '../../io/interruption.ts';
import { BatchQueue } from '../../io/queue.ts';
import type { Transaction } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { isCandidate } from './candidate.ts';
import { decide, outcomeOf, releaseEmail } from './decisions.ts';
import { existingUsers, type OtherUsers } from './existing-users.ts';
import type { DumpColumns } from './fields.ts';
import { BatchHasher, type HashedBatch } from './hashing.ts';
import { requireAlone, type StoredProgress, saveProgress } from './progress.ts';
import type { RejectsFile } from './rejects-file.ts';
import { addOutcomes, type ImportReport, type RowOutcome } from './report.ts';
import type { ImportRequest } from './request.ts';
import type { ImportSource } from './source.ts';
import type { ValidatedPage, ValidatedRow } from './validation.ts';
import { BatchWriter, outcomeOfRow } from './writing.ts';

/** Batches that are hashed ahead of the one that is written, so that no core waits for the disk. */
const ahead = 2;
/** A transaction takes further batches for so long; others who write wait meanwhile. */
const transactionMs = 3000;
/** After one that took over a second others get their turn: those who wait for SQLite try again every 40 ms at most. */
const longMs = 1000;
const turnMs = 120;
/** How long the next of them is waited for. */
const readyMs = 50;
/** Rows of a batch; memory is bounded by it. */
const mostRows = 500;

/** What one import works with. */
export interface ImportParts {
  context: ServiceContext;
  request: ImportRequest;
  /** What the dump is read as. */
  format: string;
  source: ImportSource;
  policy: Policy;
  pool: HashPool;
  rejects: RejectsFile | undefined;
  progress: StoredProgress;
  /** Left as it is when `undefined`. */
  heap: Heap | undefined;
}

/** A batch that has left the queue, and the digest of the dump up to its end. */
interface TakenBatch extends HashedBatch {
  sha256: string;
}

/** Where a transaction takes its batches from, and how long it may. */
interface Intake {
  /** Batches to begin with; where transactions are run again, those that are taken later are added. */
  taken: TakenBatch[];
  queue: BatchQueue<HashedBatch>;
  /** Batches at most. */
  limit: number;
  /** When the transaction was begun, in milliseconds. */
  since: number;
}

/** What a transaction has done when it commits. */
interface Written {
  batches: number;
  progress: StoredProgress;
  others: OtherUsers;
}

/** Errors that keep an import from going on for the time being; what was committed before stays. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'disk-full',
  'database-busy',
  'database-unreachable',
  'database-unusable',
  'system-limit',
]);

/** One import under way: hashes on all cores and writes batches in the order of the dump. */
export class ImportRun {
  readonly #parts: ImportParts;
  readonly #hasher: BatchHasher;
  readonly #size: BatchSize;
  /** Most rows in one transaction. */
  readonly #most: number;
  #progress: StoredProgress;
  #columns: DumpColumns = { used: [], ignored: [] };
  #others: OtherUsers = { kind: 'unknown' };
  /** Rehearsals only: keys of addresses that updates would have freed. */
  readonly #freed = new Set<string>();
  /** Why the dump could not be read to its end. */
  #broken: { cause: unknown } | undefined;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#progress = parts.progress;
    this.#hasher = new BatchHasher(parts);
    this.#most = Math.min(parts.request.batch, parts.context.store.rowsOfTransaction);
    this.#size = new BatchSize(parts.pool.size * 4, Math.min(mostRows, this.#most));
  }

  /** Runs to the end of the pages; a rehearsal yields what would become of each row. Gives the report. */
  async *run(pages: AsyncIterable<ValidatedPage>): AsyncGenerator<RowOutcome[], ImportReport> {
    const { request } = this.#parts;
    const queue = new BatchQueue<HashedBatch>(ahead);
    // Ends by itself when the queue does; what goes wrong in it comes out of the queue.
    void this.#hash(pages, queue);
    try {
      for (let batch = await queue.shift(); batch && !request.signal.aborted; batch = await queue.shift()) {
        if (request.dryRun) yield this.#rehearse(batch);
        else await this.#commit(batch, queue);
      }
    } catch (error) {
      throw this.#withProgress(error);
    } finally {
      queue.end();
    }
    if (request.signal.aborted) throw interruptedAfter(this.#progress.rows, request);
    if (this.#broken) throw withReport(this.#broken.cause, this.#progress.report);
    return this.#finish();
  }

  /** What has kept the import from going on, told with how far it has come. */
  #withProgress(error: unknown): unknown {
    const { context, request } = this.#parts;
    const { rows } = this.#progress;
    const known = error instanceof AuthctlError ? error : context.store.explain(error);
    if (!known || request.dryRun || rows === 0 || !passing.has(known.code)) return error;
    return new AuthctlError(known.code, `${known.message}; the first ${rows} records of the dump are done`, {
      hint: 'when that is mended, repeat the command with --resume: it goes on there',
      details: { ...known.details, rows },
      cause: error,
    });
  }

  async #hash(pages: AsyncIterable<ValidatedPage>, queue: BatchQueue<HashedBatch>): Promise<void> {
    try {
      for await (const rows of batches(this.#untilBroken(pages), this.#size)) {
        if (!(await queue.push(await this.#hasher.begin(rows)))) break;
      }
      queue.end();
    } catch (cause) {
      queue.end({ cause });
    }
  }

  // What was read before the dump broke is good, and written before that is told. What cannot be written ends
  // the import at once: to go on behind it would leave its rows out.
  async *#untilBroken(pages: AsyncIterable<ValidatedPage>): AsyncGenerator<ValidatedRow[]> {
    try {
      for await (const { rows, columns } of pages) {
        this.#columns = columns;
        yield rows;
      }
    } catch (cause) {
      this.#broken = { cause };
    }
  }

  async #rehearse(batch: HashedBatch): Promise<RowOutcome[]> {
    const { context, request } = this.#parts;
    const rows = await batch.rows;
    const existing = await existingUsers(context.store, rows.filter(isCandidate));
    for (const key of this.#freed) existing.delete(key);
    const now = context.now();
    const outcomes = rows.map((row) => {
      if (!isCandidate(row)) return row;
      const decision = decide(row, existing, request);
      for (const key of releaseEmail(decision, existing)) this.#freed.add(key);
      return outcomeOf(row, decision, now);
    });
    this.#progress = this.#advanced(this.#progress, batch, outcomes);
    return outcomes;
  }

  /** Writes a batch in one transaction, with those behind it that are ready, for a while. */
  async #commit(first: HashedBatch, queue: BatchQueue<HashedBatch>): Promise<void> {
    let taken = [this.#digested(first)];
    // A transaction that had to give way gives its later batches back.
    while (taken.length > 0 && !this.#parts.request.signal.aborted)
      taken = await this.#commitSome(taken, queue);
  }

  #digested(batch: HashedBatch): TakenBatch {
    return { ...batch, sha256: this.#parts.source.prefix.upTo(batch.end) };
  }

  /** Writes at least the first of the batches in one transaction, and gives those that are left. */
  async #commitSome(taken: TakenBatch[], queue: BatchQueue<HashedBatch>): Promise<TakenBatch[]> {
    const { context, rejects } = this.#parts;
    // Awaited before the transaction: inside, others wait for us.
    await taken[0]?.rows;
    const since = performance.now();
    const now = context.now();
    const rejectsLength = rejects?.length ?? 0;
    let most = Number.POSITIVE_INFINITY;
    const written = await context.store.transaction(context.caller, async (tx) => {
      // Run again, it begins where it began and takes one batch: the longer it takes, the likelier another node of
      // a cluster is in its way.
      const limit = most;
      most = 1;
      await requireAlone(tx, this.#progress);
      rejects?.cut(rejectsLength);
      return this.#write(tx, { taken, queue, limit, since }, now);
    });
    this.#progress = written.progress;
    this.#others = written.others;
    if (performance.now() - since > longMs) await sleep(turnMs);
    return taken.slice(written.batches);
  }

  /** Takes batches, decides on them and writes them, and how far the import has come. */
  async #write(tx: Transaction, intake: Intake, now: Date): Promise<Written> {
    const { context, request: rules, rejects } = this.#parts;
    const { id: importId } = this.#progress;
    const { actor } = context.caller;
    const writer = await BatchWriter.begin(tx, { rules, importId, actor, now }, this.#others);
    try {
      let [progress, count] = [this.#progress, 0];
      const take = () => this.#take(intake, count, progress);
      for (let batch = await take(); batch; batch = await take()) {
        count += 1;
        const decided = await writer.decide(await batch.rows);
        await writer.write(decided);
        const outcomes = decided.map((row) => outcomeOfRow(row, now));
        rejects?.append(outcomes.filter((row) => row.outcome === 'rejected'));
        progress = { ...this.#advanced(progress, batch, outcomes), sha256: batch.sha256 };
      }
      const others = await writer.end();
      rejects?.sync();
      // Without a file of rejects, the one of before keeps what belongs to it.
      progress = { ...progress, rejectsLength: rejects?.length ?? progress.rejectsLength };
      await saveProgress(tx, progress, now);
      return { batches: count, progress, others };
    } finally {
      await writer.settle();
    }
  }

  /** The batch that comes behind so many of the transaction; `undefined` where that is to commit. */
  async #take(intake: Intake, count: number, progress: StoredProgress): Promise<TakenBatch | undefined> {
    if (count >= intake.limit) return undefined;
    const batch = intake.taken[count] ?? (await this.#next(intake, progress));
    // Only what may be run again is kept: memory need not hold a whole transaction.
    if (batch && this.#parts.context.store.repeats) intake.taken[count] = batch;
    return batch;
  }

  /**
   * One more batch for the transaction that is open, if it needs no hashing and is there at once: each commit writes
   * every page of the indexes that it touched, which for many rows is all of them.
   */
  async #next({ queue, since }: Intake, { rows }: StoredProgress): Promise<TakenBatch | undefined> {
    const { request } = this.#parts;
    const room = rows - this.#progress.rows + this.#size.rows <= this.#most;
    if (!room || request.signal.aborted || performance.now() - since > transactionMs) return undefined;
    const batch = await queue.shiftReady(readyMs, ({ instant }) => instant);
    return batch && this.#digested(batch);
  }

  /** The progress behind one more batch, which is also told to the caller. */
  #advanced(
    before: StoredProgress,
    { end, instant, since }: HashedBatch,
    outcomes: readonly RowOutcome[],
  ): StoredProgress {
    const { request, source, heap, format } = this.#parts;
    const { used: columns, ignored: ignoredColumns } = this.#columns;
    const report = { ...addOutcomes(before.report, outcomes), format, columns, ignoredColumns };
    heap?.tidy();
    this.#size.learn(outcomes.length, instant ? 0 : performance.now() - since);
    request.onProgress?.({ report, bytes: end, totalBytes: source.size });
    return { ...before, rows: before.rows + outcomes.length, bytes: end, report };
  }

  async #finish(): Promise<ImportReport> {
    const { context, request, rejects: file } = this.#parts;
    const { report, finished } = this.#progress;
    if (request.dryRun) return { ...report, hashingSeconds: await hashingSeconds(report, this.#parts) };
    if (finished) return report;
    const { rows, created, updated, skipped, rejected } = report;
    await context.store.transaction(context.caller, async (tx) => {
      await requireAlone(tx, this.#progress);
      file?.cut(file.length);
      await saveProgress(tx, { ...this.#progress, finished: true }, context.now());
      tx.audit({
        action: 'user.import',
        detail: { import: this.#progress.id, rows, created, updated, skipped, rejected },
      });
    });
    return report;
  }
}

/** Seconds that the hashing of a rehearsed import would take, from one hash made now. */
async function hashingSeconds(
  { credentials }: ImportReport,
  { pool, policy, request }: ImportParts,
): Promise<number> {
  const hashed = credentials.filter(
    ({ scheme, strength }) => scheme === 'plaintext' || (request.wrapWeak && strength === 'fast'),
  );
  const count = hashed.reduce((sum, credential) => sum + credential.count, 0);
  if (count === 0) return 0;
  // The first one starts the threads.
  await pool.hash('a password', policy);
  const begin = performance.now();
  await pool.hash('a password', policy);
  return Math.ceil(((performance.now() - begin) * count) / pool.size) / 1000;
}

/** A broken dump, told with what came in before it broke; any other error as it is. */
function withReport(error: unknown, report: ImportReport): unknown {
  if (!(error instanceof AuthctlError) || error.code !== 'dump-broken') return error;
  const counts = `${report.created} created, ${report.updated} updated, ${report.skipped} skipped, ${report.rejected} rejected`;
  return new AuthctlError(error.code, `${error.message}; before it: ${counts}`, {
    hint: error.hint,
    details: { ...error.details, report },
    cause: error,
  });
}

/** The error of an import that was told to stop behind so many records. */
const interruptedAfter = (rows: number, { dryRun }: { dryRun: boolean }): AuthctlError =>
  interrupted(
    `interrupted after ${rows} records`,
    dryRun ? {} : { hint: 'repeat the command with --resume to go on there' },
  );
