import { AuthctlError } from './errors.ts';
import { isId } from './id.ts';
import { hasControls, quote } from './text.ts';

/** Who calls and from where, as audit events name them. */
export interface Caller {
  /** Who does it, self-declared: 1 to 200 characters. */
  readonly actor: string;
  /** The user of the operating system that the calling program runs as. */
  readonly osUser: string;
  /** The machine that the call comes from. */
  readonly host: string;
  /** What the events of one call have in common: a UUIDv7, made when it is first needed where none is given. */
  readonly requestId?: string | undefined;
  /** The way by which the call came, where events should tell: a key, a route. */
  readonly via?: string | undefined;
}

/** Code units of an actor, and of what else events name a caller by. */
const mostOfActor = 200;
const mostOfOthers = 255;

/** Whether events may name such an actor. */
export const isActor = (actor: string): boolean =>
  actor !== '' && actor.length <= mostOfActor && !hasControls(actor);

/** Throws `usage` for an actor that no event may name. */
export function requireActor(actor: string): void {
  if (isActor(actor)) return;
  throw new AuthctlError('usage', `${quote(actor)} is not an actor`, {
    hint: `name who does this in 1 to ${mostOfActor} characters`,
  });
}

/** Throws `usage` for a caller whom events cannot name. */
export function requireCaller({ actor, osUser, host, requestId, via }: Caller): void {
  requireActor(actor);
  for (const text of [osUser, host, ...(via === undefined ? [] : [via])]) {
    if (text !== '' && text.length <= mostOfOthers && !hasControls(text)) continue;
    throw new AuthctlError('usage', `${quote(text)} cannot be named in the audit log`, {
      hint: `a caller's system user, host and way are of 1 to ${mostOfOthers} characters`,
    });
  }
  if (requestId === undefined || isId(requestId)) return;
  throw new AuthctlError('usage', `${quote(requestId)} is not a request id`, {
    hint: 'a request id is a UUID, and no other request has the same',
  });
}
