import type { Kysely } from 'kysely';
import { type AuditEntry, auditPayload } from '../../domain/audit-event.ts';
import { auditHash } from '../../domain/audit-hash.ts';
import type { Call } from '../../domain/call.ts';
import { AuthctlError } from '../../domain/errors.ts';
import type { Connection } from '../dialects/index.ts';
import type { AuditEventRow, Schema } from '../schema/types.ts';
import type { AuditHead } from './audit.ts';

/** Appends the events of one transaction; `flush` writes them before it commits. */
export class AuditAppender {
  readonly #db: Kysely<Schema>;
  readonly #connection: Connection;
  readonly #call: Call;
  readonly #part: number;
  #head: AuditHead;
  #pending: AuditEventRow[] = [];
  #first: AuditHead | undefined;
  #lastTime: { ms: number; text: string } | undefined;

  constructor(db: Kysely<Schema>, connection: Connection, call: Call, part: number, head: AuditHead) {
    this.#db = db;
    this.#connection = connection;
    this.#call = call;
    this.#part = part;
    this.#head = head;
  }

  /** The first event of the transaction; `undefined` where there is none. */
  get first(): AuditHead | undefined {
    return this.#first;
  }

  /** Adds one event to the chain, as happening at `at`. */
  append(entry: AuditEntry, at: Date): void {
    const text = this.#time(at);
    const payload = auditPayload(entry, this.#call, this.#part, text);
    const seq = this.#head.seq + 1;
    const hash = auditHash(seq, this.#head.hash, payload);
    this.#head = { seq, hash };
    this.#first ??= this.#head;
    this.#pending.push({
      seq,
      request_id: this.#call.requestId,
      part: this.#part,
      at: text,
      actor: this.#call.actor,
      os_user: this.#call.osUser,
      host: this.#call.host,
      action: entry.action,
      outcome: entry.outcome ?? 'ok',
      target: entry.target ?? null,
      payload,
      hash,
    });
  }

  // Many events of one transaction happen in the same millisecond.
  #time(at: Date): string {
    const ms = at.getTime();
    if (this.#lastTime?.ms !== ms) this.#lastTime = { ms, text: at.toISOString() };
    return this.#lastTime.text;
  }

  async flush(): Promise<void> {
    const [events, head] = [this.#pending, this.#head];
    if (events.length === 0) return;
    // More may be appended while these are written.
    this.#pending = [];
    try {
      await this.#connection.bulkInsert(this.#db, 'audit_events', events);
    } catch (error) {
      // The head is locked, so that nobody else can have written these events.
      if (this.#connection.dialect.uniqueViolation(error) === undefined) throw error;
      throw new AuthctlError('audit-damaged', 'the audit log is damaged: it goes on behind its head', {
        hint: 'authctl db check; nothing was changed',
        details: { seq: events[0]?.seq },
        cause: error,
      });
    }
    await this.#db.updateTable('audit_head').set(head).where('id', '=', 1).execute();
  }
}
