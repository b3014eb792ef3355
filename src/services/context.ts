import type { Who } from '../domain/audit-event.ts';
import type { Store } from '../store/index.ts';

/** What every service works with. */
export interface ServiceContext {
  readonly store: Store;
  readonly caller: Who;
  /** The present; passed in so that tests can move it. */
  now(): Date;
}
