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
export interface Who {
  actor: string;
  osUser: string;
  host: string;
}

/** Who does it, in which command. */
export interface Caller extends Who {
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

/** The exact text that is hashed and stored; `at` is ISO 8601 UTC with milliseconds. */
export function auditPayload(entry: AuditEntry, caller: Caller, part: number, at: string): string {
  return JSON.stringify({
    at,
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
