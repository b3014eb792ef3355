import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import { errnoOf } from './errno.ts';
import { requireGoingOn } from './interruption.ts';

const ownerOnly = 0o600;

/** What is done about a name that is taken, where nothing else is said. */
const otherName = 'name another file, or replace this one with --force';

/**
 * Makes a new file that only its owner can read and write, whatever the umask is; links are not followed. Gives its
 * descriptor, open for reading and writing. Throws what the system does: `EEXIST` where there is anything of that name.
 */
export function createPrivate(path: string): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, ownerOnly);
  try {
    // A umask can take rights away from the owner too.
    fchmodSync(descriptor, ownerOnly);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/**
 * A file that only its owner can read, and that is there either whole or not at all: it is written under another name
 * in the same folder, and gets its own once it is on the disk. A program that is killed leaves the other name behind,
 * which the next one that writes the same file removes.
 */
export class PrivateFile {
  /** Absolute. */
  readonly path: string;
  /** Where it is written until it is whole. */
  readonly written: string;
  readonly #replace: boolean;
  #descriptor: number | undefined;
  #isNamed = false;

  /**
   * With `replace` it takes the place of a file that is there, but not of a link or a device. Throws `file-exists` and
   * `file-unusable`.
   */
  constructor(path: string, { replace }: { replace: boolean }) {
    this.path = resolve(path);
    this.#replace = replace;
    requireFree(this.path, replace);
    this.written = usable(this.path, () => {
      removeAbandoned(this.path);
      const part = partName(this.path);
      this.#descriptor = createPrivate(part);
      return part;
    });
  }

  /** Adds text. Throws what the system does, as when the disk is full. */
  write(text: string): void {
    if (this.#descriptor === undefined) throw new Error('the file has been left to another writer');
    let rest = Buffer.from(text, 'utf8');
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest));
  }

  /** Leaves the file to who opens it by the name `written`. */
  leave(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /**
   * Waits until the disk has it all, and gives it its name. Throws `file-exists` where somebody else has made such a
   * file meanwhile, and `file-unusable`.
   */
  finish(): void {
    usable(this.path, () => {
      if (this.#descriptor === undefined) syncFile(this.written);
      else fsyncSync(this.#descriptor);
      this.leave();
      if (this.#replace) renameSync(this.written, this.path);
      else nameNew(this.written, this.path);
      this.#isNamed = true;
    });
    this.#syncName();
  }

  #syncName(): void {
    try {
      syncFolder(dirname(this.path));
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined) throw error;
      // What was replaced cannot be brought back.
      if (!this.#replace) this.takeBack();
      const what = this.#replace ? 'is written, but its folder is not: it may be gone' : 'cannot be kept';
      throw new AuthctlError('file-unusable', `the file ${quote(this.path)} ${what} (${code})`, {
        hint: 'check the disk, then repeat the command',
        cause: error,
      });
    }
  }

  /** Removes what was written, unless it has its name. */
  discard(): void {
    this.leave();
    rmSync(this.written, { force: true });
  }

  /** Removes the new file, whether it has its name or not. */
  takeBack(): void {
    this.discard();
    if (this.#isNamed) rmSync(this.path, { force: true });
    this.#isNamed = false;
  }
}

/** Makes an empty private file beside `path`, to be removed by who made it; gives its name. Throws `file-unusable`. */
export function createPart(path: string): string {
  return usable(path, () => {
    removeAbandoned(path);
    const part = partName(path);
    closeSync(createPrivate(part));
    return part;
  });
}

/** Bytes that are copied at a time. */
const blockBytes = 1024 * 1024;

/**
 * Copies what is in a file into another one that is there. Unlike `fs.copyFile`, it leaves that one's rights as they
 * are. Throws `interrupted`, and what the system does.
 */
export async function copyContents(from: string, to: string, signal: AbortSignal): Promise<void> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW);
    try {
      const block = Buffer.allocUnsafe(blockBytes);
      for (;;) {
        requireGoingOn(signal);
        const { bytesRead } = await source.read(block, 0, block.length);
        if (bytesRead === 0) return;
        await target.writeFile(block.subarray(0, bytesRead));
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Waits until the disk has a file. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

// The folder may be written but not read, or be of a file system that keeps names in another way.
const unsyncable: readonly (string | undefined)[] = ['EACCES', 'EINVAL', 'ENOTSUP', 'EISDIR'];

/** Waits until the disk has the names in a folder, where they can be waited for. */
export function syncFolder(path: string): void {
  try {
    syncFile(path);
  } catch (error) {
    if (!unsyncable.includes(errnoOf(error))) throw error;
  }
}

/** Does `work` on the file at `path`. Throws `file-exists` and `file-unusable` for what the system says. */
export function usable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errnoOf(error);
    // A full disk is told by who runs the command, whichever file it was.
    if (error instanceof AuthctlError || code === undefined || code === 'ENOSPC') throw error;
    if (code === 'EEXIST') throw existsAlready(path);
    throw unusable(path, reasons[code] ?? code, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ELOOP: 'it is a symbolic link',
};

/** The error of a file that cannot be written. */
export const unusable = (path: string, why: string, cause?: unknown): AuthctlError =>
  new AuthctlError('file-unusable', `the file ${quote(path)} cannot be written (${why})`, {
    hint: 'name another file',
    cause,
  });

const existsAlready = (path: string): AuthctlError =>
  new AuthctlError('file-exists', `the file ${quote(path)} exists already`, { hint: otherName });

function requireFree(path: string, replace: boolean): void {
  const stats = usable(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats === undefined) return;
  if (!replace) throw existsAlready(path);
  if (stats.isSymbolicLink()) throw unusable(path, 'it is a symbolic link');
  if (!stats.isFile()) throw unusable(path, 'it is no file');
}

// What somebody else has made meanwhile stays, which renaming would not see to.
function nameNew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // File systems of removable disks know no links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
    requireFree(to, false);
    renameSync(from, to);
    return;
  }
  rmSync(from);
}

/** Where this program runs, and the number of its process there; `undefined` where the system does not say (no Linux). */
function thisWriter(): { machine: string; pid: string } | undefined {
  try {
    // The number is one of a namespace, and both are of this start of the machine.
    const place = [
      readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'),
      readlinkSync('/proc/self/ns/pid'),
    ];
    const machine = createHash('sha256').update(place.join()).digest('hex').slice(0, 8);
    return { machine, pid: readlinkSync('/proc/self') };
  } catch {
    return undefined;
  }
}

/** Bytes of a name at most, less than the 255 that file systems take: more is added to it. */
const longestName = 160;

function partStart(path: string): string {
  const name = basename(path);
  const short = Buffer.byteLength(name) <= longestName;
  return short ? name : createHash('sha256').update(name).digest('hex');
}

// file.machine-pid-random.part, and what SQLite puts beside it.
const partEnd = /\.([0-9a-f]{8}|none)-(\d+)-[0-9a-f]{12}\.part(?:-journal|-wal|-shm)?$/;

function partName(path: string): string {
  const { machine, pid } = thisWriter() ?? { machine: 'none', pid: '0' };
  const end = `${machine}-${pid}-${randomBytes(6).toString('hex')}.part`;
  return join(dirname(path), `${partStart(path)}.${end}`);
}

/** Milliseconds after which nobody is taken to be writing a file of whose writer nothing is known. */
const longestPause = 86_400_000;

/** A file that a program was writing, or has left behind when it was killed. */
export interface Part {
  path: string;
  /** Nobody writes it any more. */
  isAbandoned: boolean;
}

/**
 * What has been written in a folder and has not got its name, of files whose names begin with `start`. Throws what the
 * system does.
 */
export function partsIn(folder: string, start = ''): Part[] {
  const here = thisWriter();
  return readdirSync(folder).flatMap((name) => {
    const [, machine, pid = ''] = (name.startsWith(start) && partEnd.exec(name)) || [];
    if (machine === undefined) return [];
    const path = join(folder, name);
    const isOfHere = machine === here?.machine;
    return [{ path, isAbandoned: isOfHere ? !existsSync(`/proc/${pid}`) : isOld(path) }];
  });
}

function isOld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > longestPause;
}

// Also of other files whose names go on with a point, such as the copies that a restore keeps: nobody writes those either.
function removeAbandoned(path: string): void {
  let parts: Part[];
  try {
    parts = partsIn(dirname(path), `${partStart(path)}.`);
  } catch {
    // A folder that cannot be read keeps what is in it.
    return;
  }
  for (const part of parts) if (part.isAbandoned) rmSync(part.path, { force: true });
}
