import { setImmediate as turn } from 'node:timers/promises';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { allSchemes, HashPool } from '../../hashing/index.ts';
import type { UserHash } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { PolicyService } from '../policies.ts';
import { type HashGroup, HashTally } from './report.ts';
import { type WrapReport, type WrapRequest, WrapRun } from './wrapping.ts';

export type { HashFormatService, KnownScheme, PossibleHash } from './formats.ts';
export {
  firebaseHashFormat,
  type HashReading,
  hashReading,
  readHashFormat,
  readParameters,
} from './options.ts';
export type { HashGroup, WrapReport, WrapRequest };

/** The threads that hash passwords. */
export interface HashingThreads {
  /** Path of the built worker. */
  hashWorker: string;
  /** How many threads: one for each core. */
  cores: number;
}

/** How many users one query reads. */
const pageSize = 1000;

/** The hashes of all users. Those of deleted users count, too: they are stored and could be stolen. */
export class HashService {
  readonly #context: ServiceContext;
  readonly #threads: HashingThreads;

  constructor(context: ServiceContext, threads: HashingThreads) {
    this.#context = context;
    this.#threads = threads;
  }

  /** Counts users by scheme, cost and age of their hash, the weakest first. */
  async report(): Promise<HashGroup[]> {
    const tally = new HashTally(this.#context.now());
    for await (const page of this.#pages()) for (const user of page) await tally.add(user);
    return tally.groups();
  }

  /** What `wrap` would do. Throws `usage` for a scheme that is not known. */
  async rehearseWrap(request: WrapRequest): Promise<WrapReport> {
    await requireSchemes(request.schemes);
    return new WrapRun(this.#context, request).rehearse(this.#pages());
  }

  /**
   * Wraps weak hashes with the scheme of the policy; passwords in plain text are hashed. Each batch is committed with
   * an event for each user. A wrapped hash is no longer weak, so that another run goes on where this one stopped.
   * Throws `usage` for a scheme that is not known, and `interrupted`.
   */
  async wrap(request: WrapRequest): Promise<WrapReport> {
    await requireSchemes(request.schemes);
    const policy = await new PolicyService(this.#context).get();
    // Only a progress bar needs the total, which takes a query over all users.
    const total = request.onProgress ? (await this.rehearseWrap(request)).wrapped : 0;
    const pool = new HashPool(this.#threads.hashWorker, this.#threads.cores);
    try {
      return await new WrapRun(this.#context, request).run(this.#pages(), pool, policy, total);
    } finally {
      await pool.close();
    }
  }

  async *#pages(): AsyncGenerator<UserHash[]> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#context.store.users.hashes(after, pageSize);
      if (page.length > 0) yield page;
      if (page.length < pageSize) return;
      after = page.at(-1)?.id;
      // SQLite never waits, so that without this turn of the event loop no signal could arrive.
      await turn();
    }
  }
}

async function requireSchemes(ids: readonly string[]): Promise<void> {
  const known = ids.length === 0 ? [] : await allSchemes();
  const unknown = ids.find((id) => !known.some((scheme) => scheme.id === id));
  if (unknown === undefined) return;
  throw new AuthctlError('usage', `there is no scheme ${quote(unknown)}`, {
    hint: 'authctl hash schemes lists them, authctl hash report those that are in use',
  });
}
