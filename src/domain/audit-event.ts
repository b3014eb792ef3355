import { createHash } from 'node:crypto';

/** What an event says of what happened; `target` is a user's id or `null`. */
export interface AuditEntry {
  /** `noun.verb`, as `user.add`. */
  action: string;
  outcome?: 'ok' | 'refused';
  target?: string | null;
  /** Names of changed fields, reasons, counts: never a secret, never a personal value. */
  detail?: Readonly<Record<string, unknown>>;
}

/** Who does it and from where. `actor` is self-declared; the other two are what the system says. */
export interface Caller {
  actor: string;
  osUser: string;
  host: string;
  /** UUIDv7 of the command. */
  requestId: string;
}

/** An event as its payload spells it, with its place in the chain. */
export interface AuditEvent {
  seq: number;
  at: string;
  requestId: string;
  /** Counts the transactions of one command from 1. */
  part: number;
  actor: string;
  osUser: string;
  host: string;
  action: string;
  outcome: 'ok' | 'refused';
  target: string | null;
  detail: Readonly<Record<string, unknown>>;
}

/** The exact text that is hashed and stored. */
export function auditPayload(entry: AuditEntry, caller: Caller, part: number, at: Date): string {
  return JSON.stringify({
    at: at.toISOString(),
    requestId: caller.requestId,
    part,
    actor: caller.actor,
    osUser: caller.osUser,
    host: caller.host,
    action: entry.action,
    outcome: entry.outcome ?? 'ok',
    target: entry.target ?? null,
    detail: entry.detail ?? {},
  });
}

/** Hash before the first event. */
export const chainStart = '0'.repeat(64);

const label = Buffer.from('authctl-audit-v1\0', 'latin1');

/**
 * The hash of an event, in lower-case hex:
 * SHA-256("authctl-audit-v1" ‖ 0 ‖ seq as 8 bytes, big-endian ‖ 32 bytes of the previous hash ‖ payload in UTF-8).
 */
export function auditHash(seq: number, previousHash: string, payload: string): string {
  const head = Buffer.alloc(label.length + 8 + 32);
  label.copy(head);
  head.writeBigUInt64BE(BigInt(seq), label.length);
  head.write(previousHash, label.length + 8, 'hex');
  return createHash('sha256').update(head).update(payload, 'utf8').digest('hex');
}
