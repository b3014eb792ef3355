import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../../domain/policy.ts';
import type { HashPool } from '../../hashing/index.ts';
import { BatchSize, batches } from '../../io/batches.ts';
import type { FrugalHeap } from '../../io/heap.ts';
import { BatchQueue } from '../../io/queue.ts';
import type { ServiceContext } from '../context.ts';
import { decideBatch } from './batch.ts';
import { decide, existingUsers, outcomeOf, releaseEmail } from './decisions.ts';
import { hashingSeconds, interruptedAfter, withReport } from './ending.ts';
import type { DumpColumns } from './fields.ts';
import type { JudgedPage, JudgedRow } from './judging.ts';
import { BatchPreparation, isCandidate, type Prepared } from './preparation.ts';
import { Presence } from './presence.ts';
import { requireAlone, type StoredProgress, saveProgress } from './progress.ts';
import type { RejectsFile } from './rejects-file.ts';
import { addOutcomes, type ImportReport, type RowOutcome } from './report.ts';
import type { ImportRequest } from './request.ts';
import type { ImportSource } from './source.ts';

/** Batches that are hashed ahead of the one that is written, so that no core waits for the disk. */
const ahead = 2;
/** A transaction takes further batches for so long; others who write wait meanwhile. */
const transactionMs = 3000;
/** After one that took over a second others get their turn: SQLite has those who wait try again every 100 ms. */
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
  heap: FrugalHeap;
}

/** A batch that has left the queue, and the digest of the dump up to its end. */
interface Taken {
  batch: Prepared;
  sha256: string;
}

/** One import under way: hash on all cores, write batches in the order of the dump. */
export class ImportRun {
  readonly #parts: ImportParts;
  readonly #preparation: BatchPreparation;
  readonly #size: BatchSize;
  /** Most rows in one transaction. */
  readonly #most: number;
  #progress: StoredProgress;
  #columns: DumpColumns = { used: [], ignored: [] };
  readonly #presence = new Presence();
  /** Rehearsals only: keys of addresses that updates would have freed. */
  readonly #freed = new Set<string>();
  #broken: unknown;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#progress = parts.progress;
    this.#preparation = new BatchPreparation(parts);
    this.#most = Math.min(parts.request.batch, parts.context.store.rowsOfTransaction);
    this.#size = new BatchSize(parts.pool.size * 4, Math.min(mostRows, this.#most));
  }

  /** Runs to the end of the pages; a rehearsal yields what would become of each row. Gives the report. */
  async *run(pages: AsyncIterable<JudgedPage>): AsyncGenerator<RowOutcome[], ImportReport> {
    const { request } = this.#parts;
    const queue = new BatchQueue<Prepared>(ahead);
    // Ends by itself when the queue does; what goes wrong in it comes out of the queue.
    void this.#make(pages, queue);
    try {
      for (let batch = await queue.shift(); batch && !request.signal.aborted; batch = await queue.shift()) {
        if (request.dryRun) yield this.#rehearse(batch);
        else await this.#commit(batch, queue);
      }
    } finally {
      queue.end();
    }
    if (request.signal.aborted) throw interruptedAfter(this.#progress.rows, request);
    if (this.#broken) throw withReport(this.#broken, this.#progress.report);
    return this.#finish();
  }

  async #make(pages: AsyncIterable<JudgedPage>, queue: BatchQueue<Prepared>): Promise<void> {
    try {
      for await (const rows of batches(this.#untilBroken(pages), this.#size)) {
        if (!(await queue.push(await this.#preparation.prepare(rows)))) break;
      }
      queue.end();
    } catch (cause) {
      queue.end({ cause });
    }
  }

  // What was read before the dump broke is good, and written before that is told. What cannot be written ends
  // the import at once: to go on behind it would leave its rows out.
  async *#untilBroken(pages: AsyncIterable<JudgedPage>): AsyncGenerator<JudgedRow[]> {
    try {
      for await (const { rows, columns } of pages) {
        this.#columns = columns;
        yield rows;
      }
    } catch (error) {
      this.#broken = error;
    }
  }

  async #rehearse(batch: Prepared): Promise<RowOutcome[]> {
    const { context, request } = this.#parts;
    const rows = await batch.hashed;
    const existing = await existingUsers(context.store, rows.filter(isCandidate));
    for (const key of this.#freed) existing.delete(key);
    const outcomes = rows.map((row) => {
      if (!isCandidate(row)) return row;
      const decision = decide(row, existing, request);
      for (const key of releaseEmail(decision, existing)) this.#freed.add(key);
      return outcomeOf(row, decision);
    });
    this.#progress = this.#advanced(this.#progress, outcomes, batch.end);
    this.#tell(batch, outcomes.length, this.#progress);
    return outcomes;
  }

  /** Writes a batch in one transaction, with those behind it that are ready, for a while. */
  async #commit(first: Prepared, queue: BatchQueue<Prepared>): Promise<void> {
    let taken = [this.#taken(first)];
    // A transaction that had to give way gives its later batches back.
    while (taken.length > 0 && !this.#parts.request.signal.aborted)
      taken = await this.#commitSome(taken, queue);
  }

  #taken(batch: Prepared): Taken {
    return { batch, sha256: this.#parts.source.prefix.upTo(batch.end) };
  }

  /** Writes at least the first of the batches, and gives those that are left. */
  async #commitSome(taken: Taken[], queue: BatchQueue<Prepared>): Promise<Taken[]> {
    const { context, request, rejects } = this.#parts;
    // Awaited before the transaction: inside, others wait for us.
    await taken[0]?.batch.hashed;
    const begin = performance.now();
    const now = context.now();
    const rules = { rules: request, importId: this.#progress.id, actor: context.caller.actor, now };
    const before = { aloneSince: this.#presence.aloneSince, rejectsLength: rejects?.length };
    let most = Number.POSITIVE_INFINITY;
    const written = await context.store.transaction(context.caller, async (tx) => {
      // Run again, it begins where it began and takes one batch: the longer it takes, the likelier another node of
      // a cluster is in its way.
      const limit = most;
      most = 1;
      await requireAlone(tx, this.#progress);
      this.#presence.aloneSince = before.aloneSince;
      rejects?.cut(before.rejectsLength ?? 0);
      let progress = this.#progress;
      let count = 0;
      let writing = Promise.resolve();
      while (count < limit) {
        const one = taken[count] ?? (await this.#next(queue, progress, begin));
        if (!one) break;
        // Only what may be run again is kept: memory need not hold a whole transaction.
        if (context.store.repeats) taken[count] = one;
        count += 1;
        const rows = await one.batch.hashed;
        const existing = await this.#presence.of(
          tx,
          rows.filter(isCandidate),
          count === 1 ? undefined : writing,
        );
        const { outcomes, write } = await decideBatch(tx, rows, existing, rules);
        await writing;
        writing = write();
        // Awaited before the next is written; until then a failure is nobody's.
        writing.catch(() => {});
        rejects?.append(outcomes.filter((row) => row.outcome === 'rejected'));
        progress = { ...this.#advanced(progress, outcomes, one.batch.end), sha256: one.sha256 };
        this.#tell(one.batch, rows.length, progress);
      }
      await writing;
      rejects?.sync();
      // Without a file of rejects, the one of before keeps what belongs to it.
      progress = { ...progress, rejectsLength: rejects?.length ?? progress.rejectsLength };
      await saveProgress(tx, progress, now);
      return { progress, count };
    });
    this.#progress = written.progress;
    if (performance.now() - begin > longMs) await sleep(turnMs);
    return taken.slice(written.count);
  }

  /**
   * One more batch for the transaction that is open, if it needs no hashing and is there at once: each commit writes
   * every page of the indexes that it touched, which for many rows is all of them.
   */
  async #next(
    queue: BatchQueue<Prepared>,
    { rows }: StoredProgress,
    begin: number,
  ): Promise<Taken | undefined> {
    const { request } = this.#parts;
    const room = rows - this.#progress.rows + this.#size.rows <= this.#most;
    if (!room || request.signal.aborted || performance.now() - begin > transactionMs) return undefined;
    const batch = await queue.shiftReady(readyMs, ({ instant }) => instant);
    return batch && this.#taken(batch);
  }

  #tell({ since, instant, end }: Prepared, rows: number, { report }: StoredProgress): void {
    const { request, source, heap } = this.#parts;
    heap.tidy();
    this.#size.learn(rows, instant ? 0 : performance.now() - since);
    request.onProgress?.({ report, bytes: end, totalBytes: source.size });
  }

  #advanced(progress: StoredProgress, outcomes: readonly RowOutcome[], end: number): StoredProgress {
    const { format } = this.#parts;
    const { used: columns, ignored: ignoredColumns } = this.#columns;
    const report = { ...addOutcomes(progress.report, outcomes), format, columns, ignoredColumns };
    return { ...progress, rows: progress.rows + outcomes.length, bytes: end, report };
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
