import type { Call } from '../domain/call.ts';
import type { Store } from '../store/index.ts';

/** What every service works with. */
export interface ServiceContext {
  readonly store: Store;
  /** Whose call it is; every transaction is given it. */
  readonly caller: Call;
  /** The present; passed in so that tests can move it. */
  now(): Date;
}
