import type { Kysely } from 'kysely';
import { type AuditEntry, auditHash, auditPayload, type Caller } from '../domain/audit-event.ts';
import type { Connection } from './dialects/index.ts';
import type { AuditEventRow, Schema } from './schema.ts';

/** Which events; all given conditions hold. Times are inclusive at `since` and exclusive at `until`. */
export interface AuditFilter {
  target?: string;
  actor?: string;
  action?: string;
  since?: Date;
  until?: Date;
}

/** The newest event's place in the chain. */
export interface AuditHead {
  seq: number;
  hash: string;
}

/** Reads the audit events. */
export class AuditRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async head(): Promise<AuditHead> {
    const row = await this.#db
      .selectFrom('audit_head')
      .select(['seq', 'hash'])
      .where('id', '=', 1)
      .executeTakeFirst();
    return { seq: Number(row?.seq ?? -1), hash: row?.hash ?? '' };
  }

  /** One page of events in the order of their numbers, or newest first when `descending`. */
  async page(
    filter: AuditFilter,
    page: { after?: number; descending?: boolean; limit: number },
  ): Promise<AuditEventRow[]> {
    let query = this.#db
      .selectFrom('audit_events')
      .selectAll()
      .orderBy('seq', page.descending ? 'desc' : 'asc')
      .limit(page.limit);
    if (filter.target !== undefined) query = query.where('target', '=', filter.target);
    if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor);
    if (filter.action !== undefined) query = query.where('action', '=', filter.action);
    if (filter.since) query = query.where('at', '>=', filter.since.toISOString());
    if (filter.until) query = query.where('at', '<', filter.until.toISOString());
    if (page.after !== undefined) query = query.where('seq', page.descending ? '<' : '>', page.after);
    return query.execute();
  }
}

/** Appends the events of one transaction; `flush` writes them before it commits. */
export class AuditAppender {
  readonly #db: Kysely<Schema>;
  readonly #connection: Connection;
  readonly #caller: Caller;
  readonly #part: number;
  #head: AuditHead;
  #pending: AuditEventRow[] = [];

  constructor(db: Kysely<Schema>, connection: Connection, caller: Caller, part: number, head: AuditHead) {
    this.#db = db;
    this.#connection = connection;
    this.#caller = caller;
    this.#part = part;
    this.#head = head;
  }

  /** Adds one event to the chain, as happening at `at`. */
  append(entry: AuditEntry, at: Date): void {
    const payload = auditPayload(entry, this.#caller, this.#part, at);
    const seq = this.#head.seq + 1;
    const hash = auditHash(seq, this.#head.hash, payload);
    this.#head = { seq, hash };
    this.#pending.push({
      seq,
      request_id: this.#caller.requestId,
      part: this.#part,
      at: at.toISOString(),
      actor: this.#caller.actor,
      os_user: this.#caller.osUser,
      host: this.#caller.host,
      action: entry.action,
      outcome: entry.outcome ?? 'ok',
      target: entry.target ?? null,
      payload,
      hash,
    });
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#connection.bulkInsert(this.#db, 'audit_events', this.#pending);
    await this.#db.updateTable('audit_head').set(this.#head).where('id', '=', 1).execute();
    this.#pending = [];
  }
}
