import type { Readable, Writable } from 'node:stream';

/** Whoever reads standard output has gone; the program ends without a word. */
export class PipeClosed extends Error {}

/** The streams of a run, and what is known of them. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
  /** Width in columns, `undefined` where nothing shows it. */
  readonly columns: number | undefined;
}

/** Writes and waits until the stream takes more. Throws `PipeClosed` when its reader has gone. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) return resolve();
      reject('code' in error && error.code === 'EPIPE' ? new PipeClosed() : error);
    });
  });
}
