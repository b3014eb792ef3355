/** One thing that happened, as a service reports it to the audit log. */
export interface AuditEntry {
  /** `noun.verb`, as `user.add`. */
  action: string;
  outcome?: 'ok' | 'refused';
  /** Id of the user whom it concerns; `null` where it concerns none. */
  target?: string | null;
  /** Names of changed fields, reasons, counts: never a secret, never a personal value. */
  detail?: Readonly<Record<string, unknown>>;
}

/** Who does it and from where. The caller declares `actor`; the operating system names the other two. */
export interface Who {
  actor: string;
  osUser: string;
  host: string;
}

/** Who does it, and the command in which it is done. */
export interface Caller extends Who {
  /** UUIDv7 of the command. */
  requestId: string;
}

/** An event of the log: the fields of its payload, and its number in the chain. */
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

/** The text of an event that is stored and hashed, byte for byte; `at` is ISO 8601 UTC with milliseconds. */
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
