import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../domain/audit-event.ts';
import type { Store } from '../store/index.ts';

/** What every service works with. */
export interface ServiceContext {
  readonly store: Store;
  readonly caller: Caller;
  /** The present; passed in so that tests can move it. */
  now(): Date;
}

/** A new identifier: UUIDv7, so that the newest sort last. */
export const newId = (): string => uuidv7();
