import { AuthctlError } from '../../../domain/errors.ts';
import { newId } from '../../../domain/id.ts';
import type { Connection } from '../../../store/dialects/index.ts';
import {
  type AuditHead,
  type CopyMark,
  CopyTarget,
  copyMark,
  isMarkAt,
  isMarkOf,
  nothing,
  requireOwnSchema,
  Store,
} from '../../../store/index.ts';
import { AuditService } from '../../audit/audit.ts';
import type { ServiceContext } from '../../context.ts';
import type { ComparedTable } from './comparison.ts';
import type { CopyDestination } from './destination.ts';
import { type CopyRequest, CopyRun } from './run.ts';

export type { ComparedTable } from './comparison.ts';
export { copyDestination } from './destination.ts';
export type { CopyProgress } from './run.ts';

/** What a copy would do. */
export interface CopyPlan {
  /** Whether the target is not there, holds nothing, or holds what an interrupted copy has left. */
  target: 'missing' | 'empty' | 'begun';
  /** What the target is called, without user and password. */
  name: string;
  /** Of the source. */
  users: number;
  events: number;
}

/** What a copy has done. */
export interface CopyReport {
  target: string;
  tables: ComparedTable[];
  /** Newest audit event on both sides: the source has nothing newer as long as this is its head. */
  head: AuditHead;
  /** Whether an interrupted copy has been completed. */
  resumed: boolean;
}

/** Copies the database into another one, of whatever kind. */
export class CopyService {
  readonly #context: ServiceContext;
  readonly #destination: CopyDestination;

  constructor(context: ServiceContext, destination: CopyDestination) {
    this.#context = context;
    this.#destination = destination;
  }

  /** Looks, and changes nothing. Throws `target-not-empty`. */
  async plan(): Promise<CopyPlan> {
    const { store } = this.#context;
    const [users, { seq }] = [await store.users.countAll(), await store.events.head()];
    return { target: await this.#look(), name: this.#destination.name, users, events: seq };
  }

  async #look(): Promise<CopyPlan['target']> {
    try {
      return await this.#withTarget({ create: false }, async (target) =>
        (await this.#markOf(target)) ? 'begun' : 'empty',
      );
    } catch (error) {
      if (error instanceof AuthctlError && error.code === 'database-missing') return 'missing';
      throw error;
    }
  }

  /**
   * Copies everything, in memory that does not grow with it, and proves that it is there. Nobody can write to the
   * source meanwhile. Throws `target-not-empty`, `changed-meanwhile`, `value-too-long`, `value-unfit`, `copy-differs`,
   * `audit-damaged` and `interrupted`; the target refuses to be used until it is done.
   */
  run(request: CopyRequest): Promise<CopyReport> {
    return this.#withTarget({ create: true }, (target, connection) =>
      this.#copy(target, connection, request),
    );
  }

  async #copy(target: CopyTarget, connection: Connection, request: CopyRequest): Promise<CopyReport> {
    const { store, caller, now } = this.#context;
    const run = newId();
    const begun = await this.#markOf(target);
    const resumed = begun !== undefined && isMarkAt(begun, (await store.events.head()).hash);
    if (!begun) await target.explained(() => requireOwnSchema(connection, { alone: true }));
    if (resumed) await target.migrate();
    else await this.#prepare(target, begun, run, request);
    // What somebody has added to the tables of the target would see, or change, every row.
    await target.explained(() => requireOwnSchema(connection));
    const tables = await store.hold(async (held) => {
      const mark = copyMark(await firstHash(held.events), (await held.events.head()).hash, run);
      return new CopyRun(held, target, mark, request).run({ resumes: resumed });
    });
    request.onProgress?.({ phase: 'verifying', table: 'audit_events', done: 1, total: 1 });
    // Without looking at the ledger, which still refuses.
    const copy = new Store(connection, now);
    const audit = new AuditService({ store: copy, caller, now });
    const { head } = await target.explained(() => audit.verify());
    await target.finish();
    return { target: this.#destination.name, tables, head, resumed };
  }

  /** Makes an empty target, and removes what an interrupted copy has left. */
  async #prepare(
    target: CopyTarget,
    begun: CopyMark | undefined,
    run: string,
    request: CopyRequest,
  ): Promise<void> {
    const { store } = this.#context;
    // Found at the end, damage of the log would have cost all the time of a copy.
    await new AuditService(this.#context).verify();
    await store.requireOwnSchema();
    // The target may hold rows of an earlier state: they are not used until this run marks them as valid.
    const mark = { ...copyMark(await firstHash(store.events), nothing, run), head: nothing };
    if (begun) {
      await request.onAnew();
      await target.take(mark);
      await target.empty();
    } else await target.begin(mark);
    // What cannot be audited does not leave; a copy that goes on has been.
    await this.#context.store.transaction(this.#context.caller, async (tx) =>
      tx.audit({ action: 'db.copy', detail: { to: this.#destination.name } }),
    );
  }

  /** Throws `target-not-empty` for what a copy of another database has left. */
  async #markOf(target: CopyTarget): Promise<CopyMark | undefined> {
    const mark = await target.look();
    if (!mark || isMarkOf(mark, await firstHash(this.#context.store.events))) return mark;
    throw new AuthctlError('target-not-empty', 'the target holds an unfinished copy of another database', {
      hint: 'repeat that copy, or remove the target',
    });
  }

  async #withTarget<T>(
    options: { create: boolean },
    work: (target: CopyTarget, connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#destination.open(options);
    const target = new CopyTarget(connection, this.#context.now);
    try {
      return await work(target, connection);
    } finally {
      await target.close();
    }
  }
}

/** What tells databases apart: no two have the same first event. */
async function firstHash(events: Store['events']): Promise<string> {
  const [first] = await events.page({}, { limit: 1 });
  return first?.hash ?? '';
}
