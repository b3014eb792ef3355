import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel';

/** What a database's error says of trying again. */
export interface ErrorClasses {
  /** The connection was lost or could not be made: another one may work. */
  isLost(error: unknown): boolean;
  /** Another transaction was in the way, and this one is undone: the same may succeed now. */
  isConflict(error: unknown): boolean;
  /** What a commit says that may have been done all the same, although the connection is there. */
  isInDoubt(error: unknown): boolean;
}

/** Connections that fail in a row before the server is taken for dead. */
const failuresOfDead = 5;
/** How often a server that is taken for dead is tried, in milliseconds. */
const probeMs = 2000;
/** Shortest and longest pause between two attempts, in milliseconds, before jitter. */
const [firstPauseMs, longestPauseMs] = [25, 1000];

/** Milliseconds for which one attempt to connect is waited for, when all attempts together have `timeoutMs`. */
export const connectMs = (timeoutMs: number): number => Math.min(5000, timeoutMs / 4);

/**
 * Repeats what failed for a passing reason, with exponential backoff and jitter, for `timeoutMs` milliseconds from
 * its first failure. One circuit breaker for all that a connection does keeps a dead server from being hammered:
 * while it is open, attempts wait without asking the server.
 */
export class Resilience {
  readonly #classes: ErrorClasses;
  readonly #timeoutMs: number;
  readonly #breaker;
  #lastLost: unknown;

  constructor(classes: ErrorClasses, timeoutMs: number) {
    this.#classes = classes;
    this.#timeoutMs = timeoutMs;
    this.#breaker = circuitBreaker(
      handleWhen((error) => classes.isLost(error)),
      { breaker: new ConsecutiveBreaker(failuresOfDead), halfOpenAfter: Math.min(probeMs, timeoutMs / 4) },
    );
  }

  /** Milliseconds for which this connection waits. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  isLost(error: unknown): boolean {
    return this.#classes.isLost(error);
  }

  /** Whether a commit that failed so may have been done. */
  isInDoubt(error: unknown): boolean {
    return this.#classes.isLost(error) || this.#classes.isInDoubt(error);
  }

  /** Gives what `work` gives, or throws what it last threw. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    let begun = performance.now();
    let failedAt: number | undefined;
    let last: unknown;
    const isWorthAnother = (error: Error): boolean => {
      const now = performance.now();
      const asked = !(error instanceof BrokenCircuitError);
      if (asked) last = error;
      if (asked && this.#classes.isLost(error)) this.#lastLost = error;
      // An attempt that hung may hang again; the time for that must be left.
      const hang = asked ? Math.min(now - begun, connectMs(this.#timeoutMs)) : 0;
      failedAt ??= now - hang;
      const passing = !asked || this.#classes.isLost(error) || this.#classes.isConflict(error);
      return passing && now - failedAt + hang < this.#timeoutMs;
    };
    const policy = wrap(
      retry(handleWhen(isWorthAnother), {
        maxAttempts: Number.POSITIVE_INFINITY,
        backoff: new ExponentialBackoff({ initialDelay: firstPauseMs, maxDelay: longestPauseMs }),
      }),
      this.#breaker,
    );
    try {
      return await policy.execute(() => {
        begun = performance.now();
        return work();
      });
    } catch (error) {
      throw error instanceof BrokenCircuitError ? (last ?? this.#lastLost ?? error) : error;
    }
  }
}
