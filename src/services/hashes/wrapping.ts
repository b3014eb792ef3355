import type { Policy } from '../../domain/policy.ts';
import { type HashPool, identify, isWrappable, wrapProblem } from '../../hashing/index.ts';
import { BatchSize, batches } from '../../io/batches.ts';
import { interrupted, requireGoingOn } from '../../io/interruption.ts';
import type { UserHash } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';

/** Which hashes to wrap. */
export interface WrapRequest {
  /** Ids of the schemes to wrap; if there are none, all hashes that are fast to guess and passwords in plain text. */
  schemes: readonly string[];
  signal: AbortSignal;
  onProgress?(report: WrapReport, total: number): void;
}

/** The result of wrapping. */
export interface WrapReport {
  /** How many users have a password. */
  users: number;
  wrapped: number;
  /** How many were left alone since a login or somebody else has changed the hash in the meantime. */
  skipped: number;
  /** How many hashes are weak but cannot be wrapped. */
  unsupported: number;
  /** How many were wrapped, by their former scheme. */
  schemes: { scheme: string; users: number }[];
}

interface Candidate {
  id: string;
  before: string;
  scheme: string;
}

interface Wrapped extends Candidate {
  after: string;
  to: string;
}

/** How many batches are hashed while an earlier one is written, so that no core waits for the disk. */
const ahead = 2;
/** At most so many users are changed in one transaction. */
const maxBatch = 1000;

/** One run over all users: it finds weak hashes, wraps them on all cores and writes them in batches. */
export class WrapRun {
  readonly #context: ServiceContext;
  readonly #request: WrapRequest;
  readonly report: WrapReport = { users: 0, wrapped: 0, skipped: 0, unsupported: 0, schemes: [] };

  constructor(context: ServiceContext, request: WrapRequest) {
    this.#context = context;
    this.#request = request;
  }

  /** Counts what would be wrapped, and wraps nothing. */
  async rehearse(pages: AsyncIterable<UserHash[]>): Promise<WrapReport> {
    for await (const page of this.#candidates(pages)) {
      requireGoingOn(this.#request.signal);
      for (const candidate of page) this.#count(candidate.scheme);
    }
    return this.report;
  }

  /** @param total users whose hash is to be wrapped, for showing progress. Throws `interrupted`. */
  async run(
    pages: AsyncIterable<UserHash[]>,
    pool: HashPool,
    policy: Policy,
    total: number,
  ): Promise<WrapReport> {
    const size = new BatchSize(pool.size * 4, Math.min(maxBatch, this.#context.store.rowsOfTransaction));
    const waiting: { rows: number; since: number; wrapped: Promise<Wrapped[]> }[] = [];
    const writeNext = async () => {
      const batch = waiting.shift();
      if (!batch) return;
      await this.#write(await batch.wrapped);
      size.learn(batch.rows, performance.now() - batch.since);
      this.#request.onProgress?.(this.report, total);
    };
    for await (const rows of batches(this.#candidates(pages), size)) {
      this.#requireGoOn();
      const wrapped = Promise.all(rows.map((row) => wrapOne(row, pool, policy)));
      // A rejection surfaces later, when the batch is awaited: until then it must not count as unhandled.
      wrapped.catch(() => {});
      waiting.push({ rows: rows.length, since: performance.now(), wrapped });
      if (waiting.length > ahead) await writeNext();
    }
    while (waiting.length > 0) {
      this.#requireGoOn();
      await writeNext();
    }
    return this.report;
  }

  async *#candidates(pages: AsyncIterable<UserHash[]>): AsyncGenerator<Candidate[]> {
    for await (const page of pages) {
      const candidates: Candidate[] = [];
      for (const { id, passwordHash } of page) {
        if (passwordHash === null) continue;
        this.report.users += 1;
        const scheme = await this.#wrappableScheme(passwordHash);
        if (scheme !== undefined) candidates.push({ id, before: passwordHash, scheme });
      }
      yield candidates;
    }
  }

  /** The scheme of a hash that is to be wrapped and can be. */
  async #wrappableScheme(passwordHash: string): Promise<string | undefined> {
    const identified = await identify(passwordHash);
    if (!identified || !this.#isWanted(identified.scheme.id, identified.hash.strength)) return undefined;
    if (!isWrappable(identified)) return undefined;
    if (!wrapProblem(identified)) return identified.scheme.id;
    this.report.unsupported += 1;
    return undefined;
  }

  #isWanted(scheme: string, strength: string): boolean {
    const { schemes } = this.#request;
    return schemes.length === 0 ? strength === 'fast' || strength === 'none' : schemes.includes(scheme);
  }

  // A login may have replaced the hash since it was read. Such a user is skipped.
  async #write(rows: readonly Wrapped[]): Promise<void> {
    const done = await this.#context.store.transaction(this.#context.caller, async (tx) => {
      const replaced: Wrapped[] = [];
      for (const row of rows) {
        if (!(await tx.users.replaceHash(row.id, row.before, row.after))) continue;
        tx.audit({ action: 'user.wrap', target: row.id, detail: { from: row.scheme, to: row.to } });
        replaced.push(row);
      }
      return replaced;
    });
    for (const { scheme } of done) this.#count(scheme);
    this.report.skipped += rows.length - done.length;
  }

  #count(scheme: string): void {
    this.report.wrapped += 1;
    const known = this.report.schemes.find((one) => one.scheme === scheme);
    if (known) known.users += 1;
    else this.report.schemes.push({ scheme, users: 1 });
  }

  #requireGoOn(): void {
    if (!this.#request.signal.aborted) return;
    throw interrupted(`interrupted after ${this.report.wrapped} hashes were wrapped`, {
      hint: 'repeat the command: it goes on with those that are left',
      details: { report: this.report },
    });
  }
}

async function wrapOne(candidate: Candidate, pool: HashPool, policy: Policy): Promise<Wrapped> {
  const after = await pool.wrap(candidate.before, policy);
  return { ...candidate, after, to: (await identify(after))?.scheme.id ?? 'unknown' };
}
