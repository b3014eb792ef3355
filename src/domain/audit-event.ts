import type { Caller } from './caller.ts';

/** One thing that happened, as a service reports it to the audit log. */
export interface AuditEntry {
  /** `noun.verb`, as `user.add`. */
  action: string;
  outcome?: 'ok' | 'refused';
  /** Id of the user whom the event is about; `null` if it is about none. */
  target?: string | null;
  /** Names of changed fields, reasons, counts: never a secret, never a personal value. */
  detail?: Readonly<Record<string, unknown>>;
}

/** An event of the log: the fields of its payload, and its number in the chain. */
export interface AuditEvent {
  seq: number;
  at: string;
  requestId: string;
  /** Counts the transactions of one call from 1. */
  part: number;
  actor: string;
  osUser: string;
  host: string;
  /** The way by which the call came; the payload has it only where the caller named one. */
  via?: string;
  action: string;
  outcome: 'ok' | 'refused';
  target: string | null;
  detail: Readonly<Record<string, unknown>>;
}

/** The text of an event that is stored and hashed, byte for byte; `at` is ISO 8601 UTC with milliseconds. */
export function auditPayload(
  entry: AuditEntry,
  caller: Caller & { readonly requestId: string },
  part: number,
  at: string,
): string {
  return JSON.stringify({
    at,
    requestId: caller.requestId,
    part,
    actor: caller.actor,
    osUser: caller.osUser,
    host: caller.host,
    ...(caller.via !== undefined && { via: caller.via }),
    action: entry.action,
    outcome: entry.outcome ?? 'ok',
    target: entry.target ?? null,
    detail: entry.detail ?? {},
  });
}

/** What the payload of an event says; `undefined` if it is not one that `auditPayload` has written. */
export function parseAuditPayload(text: string): Omit<AuditEvent, 'seq'> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isPayload(value) ? value : undefined;
}

const textFields = ['at', 'requestId', 'actor', 'osUser', 'host', 'action'];

function isPayload(value: unknown): value is Omit<AuditEvent, 'seq'> {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  const [outcome, target, detail] = ['outcome', 'target', 'detail'].map((name) => fields.get(name));
  return (
    textFields.every((name) => typeof fields.get(name) === 'string') &&
    Number.isSafeInteger(fields.get('part')) &&
    (outcome === 'ok' || outcome === 'refused') &&
    (target === null || typeof target === 'string') &&
    typeof detail === 'object' &&
    detail !== null
  );
}
