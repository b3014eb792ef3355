import type { Call } from '../domain/call.ts';
import type { LazyVerifier } from '../hashing/index.ts';
import type { Store } from '../store/index.ts';

/** What every service works with. */
export interface ServiceContext {
  readonly store: Store;
  /** Whose call it is; every transaction is given it. */
  readonly caller: Call;
  /** Verifies passwords beside other work; without one they are verified on this thread, as they come. */
  readonly verifier?: LazyVerifier;
  /** The present; passed in so that tests can move it. */
  now(): Date;
}
