import { closeSync, createReadStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { openWithoutWaiting } from './open-file.ts';

/**
 * The stream of a pipe or terminal, which can be left while nothing comes; `undefined` for what is read at once. Node's
 * streams of files read on a thread that nobody can interrupt: the process could not even exit.
 */
export function pipeStream(descriptor: number): Readable | undefined {
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFIFO()) return new Socket({ fd: descriptor, readable: true, writable: false });
    return stats.isCharacterDevice() && isatty(descriptor) ? new ReadStream(descriptor) : undefined;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** What is in a file, pipe or terminal, as a stream. Throws errors of the system. */
export function openInput(path: string, chunkBytes: number): Readable {
  const descriptor = openWithoutWaiting(path);
  return pipeStream(descriptor) ?? createReadStream(path, { fd: descriptor, highWaterMark: chunkBytes });
}
