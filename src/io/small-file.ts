import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { AuthctlError } from '../domain/errors.ts';
import { errnoOf } from './errno.ts';
import { isInterruption, unlessInterrupted } from './interruption.ts';
import { openWithoutWaiting } from './open-file.ts';

/** Bytes that a file of settings, parameters or keys may have. */
export const smallFileBytes = 1024 * 1024;
/** Milliseconds after which a reader who waits for a pipe says so. */
export const patienceMs = 1000;

/** What may happen while a pipe is waited for. */
export interface Waiting {
  /** Ends the wait with `interrupted`. */
  signal?: AbortSignal | undefined;
  /** Called once if nothing has come for a second. */
  onWait?: (() => void) | undefined;
}

class FileTooLarge extends Error {}
class NotAFile extends Error {}

/** Why a file could not be read, in a few words: the limit, or the system's code of the error. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof FileTooLarge || error instanceof NotAFile) return error.message;
  return errnoOf(error) ?? 'unknown';
}

/** The bytes of a file, pipe or terminal of 1 MiB at most. Throws what `whyUnreadable` explains, and `interrupted`. */
async function readSmallFile(path: string, waiting?: Waiting): Promise<Buffer> {
  return limited(await readStart(path, smallFileBytes, waiting));
}

/**
 * The text of a file, pipe or terminal of 1 MiB at most.
 *
 * @param what names the file in the message, with its path
 *
 * Throws `file-unusable`, and `interrupted`.
 */
export async function readSmallText(path: string, what: string, waiting?: Waiting): Promise<string> {
  try {
    return (await readSmallFile(path, waiting)).toString('utf8');
  } catch (error) {
    if (isInterruption(error)) throw error;
    throw new AuthctlError('file-unusable', `${what} cannot be read (${whyUnreadable(error)})`, {
      cause: error,
    });
  }
}

/** The bytes of a file, and of no pipe: who waits for a pipe in one go hears no signal meanwhile. */
export function readSmallFileNow(path: string): Buffer {
  const descriptor = openWithoutWaiting(path);
  try {
    if (fstatSync(descriptor).isFIFO()) throw new NotAFile('it is a pipe');
    return limited(readNow(descriptor, smallFileBytes));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The first bytes of a file, pipe or terminal: more than `most` are not read, so that one which never ends does no
 * harm; the result is then longer than `most`. Throws errors of the system, and `interrupted`.
 */
export async function readStart(path: string, most: number, waiting: Waiting = {}): Promise<Buffer> {
  const descriptor = openWithoutWaiting(path);
  const stream = await waitingStream(descriptor);
  if (stream) return readStream(stream, most, waiting);
  try {
    return readNow(descriptor, most);
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes of a stream, as `readStart` gives those of a file. */
export async function readStream(stream: Readable, most: number, waiting: Waiting = {}): Promise<Buffer> {
  const { signal = new AbortController().signal, onWait } = waiting;
  const timer = onWait && setTimeout(onWait, patienceMs);
  try {
    return await unlessInterrupted(
      startOf(stream, most, () => clearTimeout(timer)),
      signal,
    );
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}

async function startOf(stream: Readable, most: number, onData: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    onData();
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > most) break;
  }
  return Buffer.concat(chunks);
}

// What loads Node's code of networks and terminals is loaded for pipes and devices only.
async function waitingStream(descriptor: number): Promise<Readable | undefined> {
  const stats = fstatSync(descriptor);
  if (!stats.isFIFO() && !stats.isCharacterDevice()) return undefined;
  return (await import('./input.ts')).pipeStream(descriptor);
}

// Loading Node's promises and streams would take longer than verifying a session.
function readNow(descriptor: number, most: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size <= most) {
    const bytes = Buffer.allocUnsafe(Math.min(64 * 1024, most + 1 - size));
    const read = readSync(descriptor, bytes, 0, bytes.length, null);
    if (read === 0) break;
    chunks.push(bytes.subarray(0, read));
    size += read;
  }
  return Buffer.concat(chunks);
}

function limited(bytes: Buffer): Buffer {
  if (bytes.length > smallFileBytes) throw new FileTooLarge('it is larger than 1 MiB');
  return bytes;
}
