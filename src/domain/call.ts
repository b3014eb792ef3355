import type { Caller } from './caller.ts';
import { newId } from './id.ts';

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

  /** Whether a transaction was begun: something may have been changed. */
  get hasBegun(): boolean {
    return this.#parts > 0;
  }

  /** The number of the next transaction of this call, from 1. */
  nextPart(): number {
    this.#parts += 1;
    return this.#parts;
  }
}
