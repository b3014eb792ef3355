import { realpathSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Finding, passed, warning } from '../../../domain/finding.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { quote } from '../../../domain/text.ts';
import { partsIn } from '../../../io/private-file.ts';
import { foreignLogs, logOwner } from './log-owner.ts';

const megabyte = 1024 * 1024;
/** A log that nobody holds up is folded into the file at 40 MB. */
const longLog = 200 * megabyte;
/** Less room than this is told. */
const littleRoom = 100 * megabyte;

// `f_type` of statfs(2): how a file system of another machine is told, and one that forgets.
const networkTypes: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4266872130: 'SMB',
  4283649346: 'SMB',
  1702057286: 'FUSE',
  16914839: '9P',
  1397113167: 'AFS',
  12805120: 'Ceph',
  198183888: 'Lustre',
};
const tmpfs = 0x01021994;

/**
 * What endangers the files of a SQLite database, found without opening it; nothing where it is not there or cannot
 * be reached, which opening it tells.
 */
export function sqliteFileFindings(file: string): Finding[] {
  let path: string;
  let stats: Stats;
  try {
    // SQLite follows links too, and keeps its log beside what they lead to.
    path = realpathSync(file);
    stats = statSync(path);
  } catch {
    return [];
  }
  if (!stats.isFile()) return [];
  const folder = dirname(path);
  const files = [path, `${path}-wal`, `${path}-shm`].flatMap((one) => {
    const { mode } = statSync(one, { throwIfNoEntry: false }) ?? {};
    return mode === undefined ? [] : [{ path: one, mode }];
  });
  const { type, bavail, bsize } = statfsSync(folder);
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return [
    fileModes(files),
    logOwner(path, foreignLogs(path)),
    folderMode(folder, statSync(folder).mode),
    leftBehind(abandonedIn(folder)),
    fileSystem(type),
    room(bavail * bsize, stats.size + log),
    logSize(log),
  ];
}

/** Whether others than the owner can read or write files that hold hashes. */
export function fileModes(files: readonly { path: string; mode: number }[]): Finding {
  const open = files.filter(({ mode }) => (mode & 0o077) !== 0);
  if (open.length === 0) return passed('file-modes', 'readable by the owner alone');
  return warning(
    'file-modes',
    `others can read or write ${open.map(({ path, mode }) => `${quote(path)} (${octal(mode)})`).join(', ')}`,
    `chmod 600 ${open.map(({ path }) => shellWord(path)).join(' ')}`,
  );
}

/** Who can write into the folder can put another database, or another log of it, into its place. */
export function folderMode(folder: string, mode: number): Finding {
  if ((mode & 0o022) === 0) return passed('folder-mode', 'nobody else can write into the folder');
  return warning(
    'folder-mode',
    `others can write into ${quote(folder)} (${octal(mode)}), and so replace the database`,
    `chmod go-w ${shellWord(folder)}, or keep the database in a folder of its own`,
  );
}

function abandonedIn(folder: string): string[] {
  try {
    return partsIn(folder)
      .filter(({ isAbandoned }) => isAbandoned)
      .map(({ path }) => path);
  } catch {
    // The folder may be searched but not read.
    return [];
  }
}

/** @param paths of files that programs were writing when they were killed; they may hold hashes */
export function leftBehind(paths: readonly string[]): Finding {
  if (paths.length === 0) return passed('left-behind', 'no program that was killed has left a file');
  return warning(
    'left-behind',
    `programs that were killed have left ${paths.map(quote).join(', ')}`,
    `rm ${paths.map(shellWord).join(' ')}`,
  );
}

/** @param type `f_type` of statfs(2) */
export function fileSystem(type: number): Finding {
  const network = networkTypes[type];
  if (network !== undefined) {
    return warning(
      'file-system',
      `the database is on ${network}, where locks may not hold and writes may come back out of order`,
      'keep it on a local disk, or use PostgreSQL or MariaDB for many machines (authctl db copy)',
    );
  }
  if (type !== tmpfs) return passed('file-system', 'a local one');
  return warning(
    'file-system',
    'the database is on tmpfs, which is gone when the machine restarts',
    'move it to a disk',
  );
}

/** @param used bytes of the database and its log */
export function room(free: number, used: number): Finding {
  const detail = `${megabytes(free)} free, ${megabytes(used)} used`;
  // Folding a log into the file, a migration and a backup may each need the size of the database once more.
  return free >= Math.max(littleRoom, used)
    ? passed('disk-space', detail)
    : warning('disk-space', detail, 'make room before the database needs it');
}

/** @param bytes of the write-ahead log */
export function logSize(bytes: number): Finding {
  if (bytes <= longLog) return passed('wal-size', megabytes(bytes));
  return warning(
    'wal-size',
    `the write-ahead log has ${megabytes(bytes)}: something reads for so long that it cannot be folded in`,
    'end what has the database open and does nothing; the next command then folds it in',
  );
}

const megabytes = (bytes: number): string => `${(bytes / megabyte).toFixed(1)} MB`;
const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
