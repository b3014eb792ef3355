import { newId } from './id.ts';

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

/** One call: a command, or a request to a server. It numbers its transactions. */
export class Call implements Caller {
  readonly actor: string;
  readonly osUser: string;
  readonly host: string;
  readonly via: string | undefined;
  #requestId: string | undefined;
  #parts = 0;

  constructor({ actor, osUser, host, requestId, via }: Caller) {
    this.actor = actor;
    this.osUser = osUser;
    this.host = host;
    this.via = via;
    this.#requestId = requestId;
  }

  /** Made late: what only reads has no use for it, and randomness takes time to load. */
  get requestId(): string {
    this.#requestId ??= newId();
    return this.#requestId;
  }

  /** The number of the next transaction of this call, from 1. */
  nextPart(): number {
    this.#parts += 1;
    return this.#parts;
  }
}
