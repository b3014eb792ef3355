import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { AuthctlError } from '../../../domain/errors.ts';
import { type Finding, failure, passed } from '../../../domain/finding.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { quote } from '../../../domain/text.ts';

// Who opens a database with a write-ahead log needs the files of the log, and SQLite makes them where they are not
// there (https://www.sqlite.org/wal.html#read_only_databases). Those of a user who may only read the database stay
// behind, and its owner, who may not write them, cannot open it any more.

const logsOf = (path: string): string[] => [`${path}-wal`, `${path}-shm`];

/**
 * Refuses to open a database that this user may read and not write, where files of the log would have to be made.
 * Throws `database-unusable`.
 */
export function refuseLeavingLog(file: string): void {
  const path = realpathSync(file);
  if (mayWrite(path) || statSync(`${path}-shm`, { throwIfNoEntry: false }) || !hasLog(path)) return;
  throw new AuthctlError(
    'database-unusable',
    `the database ${file} may be read but not written by this user`,
    {
      hint: 'opening it would leave a log that shuts its owner out: run this as its owner',
    },
  );
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the file says that it is read with a write-ahead log (file format, offset 19: read version). */
function hasLog(path: string): boolean {
  const header = Buffer.alloc(20);
  try {
    const descriptor = openSync(path, 'r');
    try {
      readSync(descriptor, header, 0, header.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // What cannot be read is told when it is opened.
    return false;
  }
  return header[19] === 2;
}

/** Files of the log that belong to somebody else than the database. */
export function foreignLogs(file: string): string[] {
  try {
    const path = realpathSync(file);
    const { uid } = statSync(path);
    return logsOf(path).filter((log) => {
      const stats = statSync(log, { throwIfNoEntry: false });
      return stats !== undefined && stats.uid !== uid;
    });
  } catch {
    return [];
  }
}

/** The command that gives the files of a log to the owner of the database. */
export const givingBack = (file: string, logs: readonly string[]): string =>
  `chown --reference=${shellWord(file)} ${logs.map(shellWord).join(' ')}`;

/** @param logs files of the log that belong to somebody else */
export function logOwner(file: string, logs: readonly string[]): Finding {
  if (logs.length === 0) return passed('log-owner', 'the log belongs to the owner of the database');
  return failure(
    'log-owner',
    `${logs.map(quote).join(' and ')} belong to another user: the owner of the database may be shut out`,
    givingBack(file, logs),
  );
}
