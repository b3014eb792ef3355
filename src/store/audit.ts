import type { Kysely } from 'kysely';
import { AuthctlError } from '../domain/errors.ts';
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

  /** Throws `audit-damaged` where there is none. */
  async head(): Promise<AuditHead> {
    const row = await this.#db
      .selectFrom('audit_head')
      .select(['seq', 'hash'])
      .where('id', '=', 1)
      .executeTakeFirst();
    if (!row) {
      throw new AuthctlError('audit-damaged', 'the audit log is damaged: it has lost its head', {
        hint: 'restore the database from a backup',
        details: { seq: 0 },
      });
    }
    return { seq: Number(row.seq), hash: row.hash };
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
