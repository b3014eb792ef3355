import { errnoOf } from './errno.ts';

/** Standard output takes nothing more: a full disk, a terminal or descriptor that is gone. */
export class OutputFailed extends Error {
  /** The code of the system, such as `ENOSPC`. */
  readonly errno: string;

  constructor(cause: Error) {
    super('standard output cannot be written', { cause });
    this.errno = errnoOf(cause) ?? 'unknown';
  }
}

/** Whoever read standard output has gone: the output ends without a word. */
export class PipeClosed extends OutputFailed {}

/** Where text goes; any writable stream is one. */
export interface Output {
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/**
 * Writes and waits until the output takes more. An empty text asks whether it takes anything, as far as the system can
 * tell without writing. Throws `PipeClosed` when its reader has gone, and `OutputFailed`.
 */
export function write(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (!error) return resolve();
      reject(errnoOf(error) === 'EPIPE' ? new PipeClosed(error) : new OutputFailed(error));
    });
  });
}

/** Writes what is no result. Where nobody can be told, the exit code still says what happened. */
export const tell = (output: Output, text: string): Promise<void> => write(output, text).catch(() => {});
