import type { Kysely } from 'kysely';
import { AuthctlError } from '../../domain/errors.ts';
import type { Dialect } from '../dialects/index.ts';
import type { AuditEventRow, Schema } from '../schema/types.ts';
import { requireSound } from '../schema/values.ts';

/** Which events; all given conditions hold. Times are inclusive at `since` and exclusive at `until`. */
export interface AuditFilter {
  target?: string;
  actor?: string;
  action?: string;
  outcome?: 'ok' | 'refused';
  since?: Date;
  until?: Date;
}

/** An event's place in the chain; of the newest one, where the chain ends. */
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

  /** Throws `audit-damaged` where there is none. */
  async head(): Promise<AuditHead> {
    return toHead(await this.#headQuery().executeTakeFirst());
  }

  /** The head, kept from all other writers until the transaction that is open ends. Throws `audit-damaged`. */
  async lockHead({ headLock }: Pick<Dialect, 'headLock'>): Promise<AuditHead> {
    if (headLock === 'write') {
      await this.#db
        .updateTable('audit_head')
        .set((row) => ({ turn: row('turn', '+', 1) }))
        .where('id', '=', 1)
        .execute();
    }
    const query = this.#headQuery();
    return toHead(await (headLock === 'row' ? query.forUpdate() : query).executeTakeFirst());
  }

  #headQuery() {
    return this.#db.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1);
  }

  /** Whether this very event is in the log: its hash covers the call that wrote it, and all events before. */
  async holds({ seq, hash }: AuditHead): Promise<boolean> {
    const row = await this.#db
      .selectFrom('audit_events')
      .select('seq')
      .where('seq', '=', seq)
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row !== undefined;
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
    if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome);
    if (filter.since) query = query.where('at', '>=', filter.since.toISOString());
    if (filter.until) query = query.where('at', '<', filter.until.toISOString());
    if (page.after !== undefined) query = query.where('seq', page.descending ? '<' : '>', page.after);
    return query.execute();
  }
}

function toHead(row: { seq: number; hash: string } | undefined): AuditHead {
  if (!row) {
    throw new AuthctlError('audit-damaged', 'the audit log is damaged: it has lost its head', {
      hint: 'restore the database from a backup',
      details: { seq: 0 },
    });
  }
  const { seq, hash } = requireSound('audit_head', row, 1);
  return { seq, hash };
}
