import { type AuditEvent, parseAuditPayload } from '../../domain/audit-event.ts';
import { auditHash, chainStart } from '../../domain/audit-hash.ts';
import { AuthctlError } from '../../domain/errors.ts';
import { isUserId } from '../../domain/username.ts';
import type { AuditEventRow, AuditFilter, AuditHead } from '../../store/index.ts';
import { findUser } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';

/** Which events to show. `user` is a username, e-mail address or id; the id of a purged user is found, too. */
export interface AuditQuery {
  user?: string;
  actor?: string;
  action?: string;
  since?: Date;
  until?: Date;
  /** Show only so many of the newest events. */
  limit?: number;
}

/** An event with the current username of its target; `null` if the user was purged. */
export interface ShownEvent extends AuditEvent {
  targetName: string | null;
}

/** The result of verifying the chain. */
export interface AuditVerdict {
  events: number;
  head: AuditHead;
  /** Whether a checkpoint was given, and so the chain's end was checked against something kept elsewhere. */
  checkpointed: boolean;
}

const pageSize = 1000;

/** The audit log: showing its events, and verifying its chain. */
export class AuditService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Events in the order in which they happened, in pages. Throws `user-not-found`. */
  async *show(query: AuditQuery): AsyncGenerator<ShownEvent[]> {
    const filter = await this.#filter(query);
    if (query.limit !== undefined) {
      const newest = await this.#newest(filter, query.limit);
      for (let start = 0; start < newest.length; start += pageSize) {
        yield this.#named(newest.slice(start, start + pageSize));
      }
      return;
    }
    for (let after = 0; ; ) {
      const rows = await this.#context.store.events.page(filter, { after, limit: pageSize });
      if (rows.length > 0) yield this.#named(rows);
      if (rows.length < pageSize) return;
      after = Number(rows.at(-1)?.seq);
    }
  }

  async #filter({ user, actor, action, since, until }: AuditQuery): Promise<AuditFilter> {
    const target = user === undefined ? undefined : await this.#targetId(user);
    return {
      ...(target !== undefined && { target }),
      ...(actor !== undefined && { actor }),
      ...(action !== undefined && { action }),
      ...(since && { since }),
      ...(until && { until }),
    };
  }

  // A purged user is found by id only: the events are all that is left of it.
  async #targetId(user: string): Promise<string> {
    return isUserId(user) ? user.toLowerCase() : (await findUser(this.#context.store, user)).id;
  }

  async #newest(filter: AuditFilter, limit: number): Promise<AuditEventRow[]> {
    const rows: AuditEventRow[] = [];
    while (rows.length < limit) {
      const last = rows.at(-1);
      const page = await this.#context.store.events.page(filter, {
        ...(last && { after: Number(last.seq) }),
        descending: true,
        limit: Math.min(pageSize, limit - rows.length),
      });
      rows.push(...page);
      if (page.length < pageSize) break;
    }
    return rows.reverse();
  }

  async #named(rows: readonly AuditEventRow[]): Promise<ShownEvent[]> {
    const ids = [...new Set(rows.map((row) => row.target).filter((target) => target !== null))];
    const names = await this.#context.store.users.usernames(ids);
    return rows.map((row) => ({
      seq: Number(row.seq),
      ...readPayload(row),
      targetName: row.target === null ? null : (names.get(row.target) ?? null),
    }));
  }

  /**
   * Recomputes the whole chain. Throws `audit-damaged` at the first event that does not fit it, or if the chain does
   * not contain `checkpoint`, the head of an earlier verification.
   */
  async verify(checkpoint?: AuditHead): Promise<AuditVerdict> {
    // The chain is checked up to this head. Events that are appended during the verification are left out.
    const head = await this.#context.store.events.head();
    const walked = await this.#walk(head, checkpoint);
    if (walked.seq !== head.seq) {
      throw damaged(walked.seq + 1, `the log ends at event ${walked.seq}, but its head says ${head.seq}`);
    }
    if (walked.hash !== head.hash) {
      throw damaged(head.seq + 1, `its head is not of event ${head.seq}, which it names`);
    }
    if (checkpoint && checkpoint.seq > head.seq) {
      throw damaged(head.seq, `the log ends at event ${head.seq}, before the checkpoint ${checkpoint.seq}`);
    }
    if (checkpoint?.seq === 0 && checkpoint.hash !== chainStart) {
      throw damaged(0, 'the checkpoint is not of this log');
    }
    await this.#requireNothingOutside();
    return { events: head.seq, head, checkpointed: checkpoint !== undefined };
  }

  // `show` would list events that somebody has put before the first or after the last of the chain: here they are found.
  async #requireNothingOutside(): Promise<void> {
    const { events } = this.#context.store;
    const [first] = await events.page({}, { limit: 1 });
    if (first && Number(first.seq) < 1)
      throw damaged(Number(first.seq), `event ${first.seq} stands before the first`);
    const [newest] = await events.page({}, { descending: true, limit: 1 });
    // The head is read first: an event that is appended in between then does not count as one too many.
    const { seq } = await events.head();
    if (newest && Number(newest.seq) > seq)
      throw damaged(Number(newest.seq), `event ${newest.seq} stands behind the head`);
  }

  async #walk(head: AuditHead, checkpoint: AuditHead | undefined): Promise<AuditHead> {
    let last: AuditHead = { seq: 0, hash: chainStart };
    while (last.seq < head.seq) {
      const rows = await this.#context.store.events.page({}, { after: last.seq, limit: pageSize });
      if (rows.length === 0) break;
      for (const row of rows) {
        if (last.seq === head.seq) break;
        last = checkRow(row, last);
        if (checkpoint?.seq === last.seq && checkpoint.hash !== last.hash) {
          throw damaged(last.seq, `event ${last.seq} is not the one of the checkpoint`);
        }
      }
    }
    return last;
  }
}

function checkRow(row: AuditEventRow, last: AuditHead): AuditHead {
  const seq = Number(row.seq);
  if (seq !== last.seq + 1) throw damaged(last.seq + 1, `event ${last.seq + 1} is missing`);
  if (auditHash(seq, last.hash, row.payload) !== row.hash) throw damaged(seq, `event ${seq} was changed`);
  const payload = readPayload(row);
  const same =
    payload.requestId === row.request_id &&
    payload.part === Number(row.part) &&
    payload.at === row.at &&
    payload.actor === row.actor &&
    payload.osUser === row.os_user &&
    payload.host === row.host &&
    payload.action === row.action &&
    payload.outcome === row.outcome &&
    payload.target === row.target;
  if (!same) throw damaged(seq, `the columns of event ${seq} are not those of its payload`);
  return { seq, hash: row.hash };
}

function readPayload({ seq, payload }: AuditEventRow): Omit<AuditEvent, 'seq'> {
  const read = parseAuditPayload(payload);
  if (!read) throw damaged(Number(seq), `event ${seq} is not readable`);
  return read;
}

const damaged = (seq: number, message: string): AuthctlError =>
  new AuthctlError('audit-damaged', `the audit log is damaged: ${message}`, {
    hint: 'compare with a backup; everything from this event on is in doubt',
    details: { seq },
  });
