import { setImmediate as turn } from 'node:timers/promises';
import type { UserRecord } from '../../domain/user.ts';
import type { UserSelection } from '../../domain/user-selection.ts';
import { BatchSize, batches } from '../../io/batches.ts';
import { interrupted } from '../../io/interruption.ts';
import { type Change, toRecord, writeChange } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import { PolicyService } from '../policies.ts';
import { deleting } from './deletions.ts';
import { disabling, type LockEnd, locking, unlocking } from './states.ts';
import { setting, type UserChanges } from './user-fields.ts';

/** Which users to change, and whom to tell about the progress. */
export interface BulkRequest {
  selection: UserSelection;
  signal: AbortSignal;
  onProgress?(report: BulkReport): void;
}

/** The result of changing many users. */
export interface BulkReport {
  /** How many users met the conditions when their batch was written. */
  matched: number;
  /** How many of them were changed; the others were so already. */
  changed: number;
}

/** The fields that can be set for many users at once: not those that must be unique. */
export type BulkUserChanges = Omit<UserChanges, 'username' | 'email'> & { email?: null | undefined };

/** How many users one query reads. */
const pageSize = 1000;

/**
 * Changes of all users who meet conditions. They are written in batches: each is one transaction, which checks the
 * conditions again and appends an event for each user. After an interruption no further batch is written, and the
 * error `interrupted` says how many users were changed.
 */
export class BulkChangeService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  count(selection: UserSelection): Promise<number> {
    return this.#context.store.selections.count(selection, this.#context.now());
  }

  /** The users who would be changed, in pages. */
  async *list(selection: UserSelection): AsyncGenerator<UserRecord[]> {
    const at = this.#context.now();
    for await (const users of this.#pages(selection, at)) {
      yield await Promise.all(users.map((user) => toRecord(user, at)));
    }
  }

  /** Throws `invalid-time` for an end in the past. */
  async lock(request: BulkRequest, end: LockEnd, reason?: string): Promise<BulkReport> {
    return this.#run(request, locking(end, reason, this.#context.now()));
  }

  async unlock(request: BulkRequest): Promise<BulkReport> {
    return this.#run(request, unlocking);
  }

  async disable(request: BulkRequest): Promise<BulkReport> {
    return this.#run(request, disabling);
  }

  async delete(request: BulkRequest): Promise<BulkReport> {
    return this.#run(request, deleting(this.#context.caller.actor));
  }

  async set(request: BulkRequest, changes: BulkUserChanges): Promise<BulkReport> {
    return this.#run(request, setting(changes, await new PolicyService(this.#context).get()));
  }

  async #run({ selection, signal, onProgress }: BulkRequest, change: Change): Promise<BulkReport> {
    const at = this.#context.now();
    const report: BulkReport = { matched: 0, changed: 0 };
    const size = new BatchSize(100, pageSize);
    for await (const batch of batches(this.#pages(selection, at), size)) {
      // SQLite never waits, so that without this turn of the event loop no signal could arrive.
      await turn();
      if (signal.aborted) throw interruptedAfter(report);
      const since = performance.now();
      const ids = batch.map((user) => user.id);
      const done = await this.#write(ids, selection, change, at);
      size.learn(ids.length, performance.now() - since);
      report.matched += done.matched;
      report.changed += done.changed;
      onProgress?.(report);
    }
    return report;
  }

  #write(ids: readonly string[], selection: UserSelection, change: Change, at: Date): Promise<BulkReport> {
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      const users = await tx.selections.among(ids, selection, at);
      let changed = 0;
      for (const user of users) {
        if ((await writeChange(tx, this.#context, user, change)) !== user) changed += 1;
      }
      return { matched: users.length, changed };
    });
  }

  async *#pages(selection: UserSelection, at: Date) {
    let after = '';
    for (;;) {
      const users = await this.#context.store.selections.page(selection, after, pageSize, at);
      if (users.length > 0) yield users;
      const last = users.at(-1);
      if (!last || users.length < pageSize) return;
      after = last.id;
      await turn();
    }
  }
}

const interruptedAfter = ({ changed, matched }: BulkReport) =>
  interrupted(`interrupted after ${changed} users were changed`, {
    hint: 'repeat the command for those that are left',
    details: { report: { matched, changed } },
  });
