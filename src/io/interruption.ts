import { AuthctlError } from '../domain/errors.ts';

/** The error of a run that was told to end; `message` and `details` say how far it has come. */
export const interrupted = (
  message = 'interrupted',
  options: { hint?: string; details?: Record<string, unknown> } = {},
): AuthctlError => new AuthctlError('interrupted', message, options);

/** Throws `interrupted` when the signal is aborted. */
export function requireGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted();
}

/** Whether an error is that of a run that was told to end. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof AuthctlError && error.code === 'interrupted';

/**
 * Waits for `work`, but no longer than until the signal is aborted: then throws `interrupted`, and what becomes of the
 * work is not looked at any more.
 */
export function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // One listener for each wait: a promise that outlives all of them would keep in memory what each has given.
  return new Promise((resolve, reject) => {
    const stop = () => reject(interrupted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
