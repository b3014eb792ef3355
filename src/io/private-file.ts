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

/**
 * Creates a file that only its owner can read and write, whatever the umask is, and returns a descriptor that is open
 * for reading and writing. It does not follow symbolic links. Throws the system's error, `EEXIST` if the name is taken.
 */
export function createPrivate(path: string): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, ownerOnly);
  try {
    // The umask may have removed the owner's rights as well.
    fchmodSync(descriptor, ownerOnly);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/**
 * A file that only its owner can read, and that appears under its name only when it is complete. It is written as a
 * "part" in the same folder and renamed when it is on the disk. A killed program leaves its part behind; the next run
 * that writes the same file removes it.
 */
export class PrivateFile {
  /** The absolute path of the complete file. */
  readonly path: string;
  /** The path of the part. */
  readonly written: string;
  readonly #replace: boolean;
  #descriptor: number | undefined;
  #isNamed = false;

  /**
   * @param replace whether an existing file is replaced; a link, a folder or a device never is
   *
   * Throws `file-exists` and `file-unusable`.
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

  /** Appends text to the part. Throws the system's error, for instance when the disk is full. */
  write(text: string): void {
    if (this.#descriptor === undefined) throw new Error('the part is written by another writer');
    let rest = Buffer.from(text, 'utf8');
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest));
  }

  /** Closes the part, for a library that opens it by its path. */
  leave(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /**
   * Waits until the part is on the disk, then gives the file its name. Throws `file-exists` if another program has
   * created a file of that name meanwhile, and `file-unusable`.
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
      // A file that was replaced cannot be brought back.
      if (!this.#replace) this.takeBack();
      const what = this.#replace ? 'is complete, but a power failure may undo that' : 'cannot be kept';
      throw new AuthctlError('file-unusable', `the file ${quote(this.path)} ${what} (${code})`, {
        hint: 'check the disk, then repeat the command',
        cause: error,
      });
    }
  }

  /** Removes the part. A file that has its name stays. */
  discard(): void {
    this.leave();
    rmSync(this.written, { force: true });
  }

  /** Removes the part, or the file if it has its name already. */
  takeBack(): void {
    this.discard();
    if (this.#isNamed) rmSync(this.path, { force: true });
    this.#isNamed = false;
  }
}

/** Creates an empty part for `path` and returns its path; the caller removes it. Throws `file-unusable`. */
export function createPart(path: string): string {
  return usable(path, () => {
    removeAbandoned(path);
    const part = partName(path);
    closeSync(createPrivate(part));
    return part;
  });
}

/** Bytes that are copied in one step. */
const blockBytes = 1024 * 1024;

/**
 * Replaces the contents of one file by those of another. Unlike `fs.copyFile` it does not copy the permissions. Throws
 * `interrupted`, and the system's errors.
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

/** Waits until the contents of a file are on the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

// A folder that cannot be opened for reading, and file systems that cannot sync a folder.
const unsyncable: readonly (string | undefined)[] = ['EACCES', 'EINVAL', 'ENOTSUP', 'EISDIR'];

/** Waits until the names in a folder are on the disk, if the file system can do that. */
export function syncFolder(path: string): void {
  try {
    syncFile(path);
  } catch (error) {
    if (!unsyncable.includes(errnoOf(error))) throw error;
  }
}

/** Runs `work` and turns the system's errors into `file-exists` and `file-unusable`, which name `path`. */
export function usable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errnoOf(error);
    // A full disk is reported in one place for all files: where the command is run.
    if (error instanceof AuthctlError || code === undefined || code === 'ENOSPC') throw error;
    if (code === 'EEXIST') throw existsAlready(path);
    throw unusable(path, reasons[code] ?? code, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ELOOP: 'it is a symbolic link',
};

/** The error for a file that cannot be written. */
export const unusable = (path: string, why: string, cause?: unknown): AuthctlError =>
  new AuthctlError('file-unusable', `the file ${quote(path)} cannot be written (${why})`, {
    hint: 'name another file',
    cause,
  });

const existsAlready = (path: string): AuthctlError =>
  new AuthctlError('file-exists', `the file ${quote(path)} exists already`, {
    hint: 'name another file, or replace this one with --force',
  });

function requireFree(path: string, replace: boolean): void {
  const stats = usable(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats === undefined) return;
  if (!replace) throw existsAlready(path);
  if (stats.isSymbolicLink()) throw unusable(path, 'it is a symbolic link');
  if (!stats.isFile()) throw unusable(path, 'it is no file');
}

// Unlike a rename, a hard link never replaces a file that another program has created meanwhile.
function nameNew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // FAT and other file systems of removable disks have no hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
    requireFree(to, false);
    renameSync(from, to);
    return;
  }
  rmSync(from);
}

/** The machine and process that write, `undefined` on systems without `/proc` (proc(5)). */
function thisWriter(): { machine: string; pid: string } | undefined {
  try {
    // A process number is unique within one PID namespace, until the machine restarts.
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

/** Longest name in bytes that a part's name is made of: file systems take 255 bytes, and an ending is added. */
const longestName = 160;

function partStart(path: string): string {
  const name = basename(path);
  const short = Buffer.byteLength(name) <= longestName;
  return short ? name : createHash('sha256').update(name).digest('hex');
}

// NAME.MACHINE-PID-RANDOM.part, and the files that SQLite creates beside it.
const partEnd = /\.([0-9a-f]{8}|none)-(\d+)-[0-9a-f]{12}\.part(?:-journal|-wal|-shm)?$/;

function partName(path: string): string {
  const { machine, pid } = thisWriter() ?? { machine: 'none', pid: '0' };
  const end = `${machine}-${pid}-${randomBytes(6).toString('hex')}.part`;
  return join(dirname(path), `${partStart(path)}.${end}`);
}

/** A part of another machine counts as abandoned when it has not changed for so many milliseconds. */
const longestPause = 86_400_000;

/** An incomplete file, written under a temporary name. */
export interface Part {
  path: string;
  /** Whether the process that wrote it has ended. */
  isAbandoned: boolean;
}

/** The parts in a folder, or only those of files whose names begin with `start`. Throws the system's errors. */
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

// This includes the parts of other files whose names begin with `path` and a dot: they are just as abandoned.
function removeAbandoned(path: string): void {
  let parts: Part[];
  try {
    parts = partsIn(dirname(path), `${partStart(path)}.`);
  } catch {
    // A folder that cannot be listed is not tidied up.
    return;
  }
  for (const part of parts) if (part.isAbandoned) rmSync(part.path, { force: true });
}
