import { errnoOf } from './errno.ts';

/** Whoever reads standard output has gone; the program ends without a word. */
export class PipeClosed extends Error {}

/** Where text goes; any writable stream is one. */
export interface Output {
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/** Writes and waits until the output takes more. Throws `PipeClosed` when its reader has gone. */
export function write(output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (!error) return resolve();
      reject(errnoOf(error) === 'EPIPE' ? new PipeClosed() : error);
    });
  });
}

/** Writes what is no result. Where nobody can be told, the exit code still says what happened. */
export const tell = (output: Output, text: string): Promise<void> => write(output, text).catch(() => {});
