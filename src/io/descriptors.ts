import { fstatSync, statSync, writeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { errnoOf } from './errno.ts';
import type { Output } from './output.ts';

/**
 * Writes to a file descriptor at once. Node's own streams for standard output load its network code first,
 * which takes longer than most commands; `stream` is asked for only where the reader is slower than we are.
 */
export class DescriptorOutput implements Output {
  readonly #descriptor: number;
  readonly #stream: () => Writable;
  #slow: Writable | undefined;

  constructor(descriptor: number, stream: () => Writable) {
    this.#descriptor = descriptor;
    this.#stream = stream;
  }

  write(text: string, done: (error?: Error | null) => void): void {
    let rest = Buffer.from(text, 'utf8');
    try {
      // An empty text is written once, too: what is full or gone says so.
      do if (!this.#slow) rest = rest.subarray(writeSync(this.#descriptor, rest));
      while (rest.length > 0 && !this.#slow);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (errnoOf(error) !== 'EAGAIN') {
        done(error);
        return;
      }
      this.#slow = this.#stream();
      // The writer gets its errors by the callback; without a listener they would also end the program.
      this.#slow.on('error', () => {});
    }
    if (rest.length === 0) done();
    else this.#slow?.write(rest, done);
  }
}

/** Whether a person is at the descriptor. Only a character device can be a terminal; asking Node loads its streams. */
export function isTerminal(descriptor: number, stream: () => Writable | Readable): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    // A descriptor that was closed before the program began.
    return false;
  }
  const opened = stream();
  return 'isTTY' in opened && opened.isTTY === true;
}

/** Whether what is written to the descriptor goes nowhere: `/dev/null`, which Node also opens for one that is closed. */
export function isDiscarded(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).rdev === statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}
