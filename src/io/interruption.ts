import { AuthctlError } from '../domain/errors.ts';

/** The error that ends an interrupted run; `message` and `details` say how far it got. */
export const interrupted = (
  message = 'interrupted',
  options: { hint?: string; details?: Record<string, unknown> } = {},
): AuthctlError => new AuthctlError('interrupted', message, options);

/** Throws `interrupted` if the signal is aborted. */
export function requireGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted();
}

/** Whether an error is the one that ends an interrupted run. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof AuthctlError && error.code === 'interrupted';

/** Waits for `work`, or throws `interrupted` as soon as the signal is aborted; the result of the work is then ignored. */
export function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Each wait has a listener of its own that it removes. With one promise for all waits of a signal, that promise would
  // keep the result of each in memory.
  return new Promise((resolve, reject) => {
    const stop = () => reject(interrupted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
