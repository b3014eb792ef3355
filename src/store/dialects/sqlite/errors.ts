import { AuthctlError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../io/errno.ts';
import { foreignLogs, givingBack } from './log-owner.ts';

/** SQLite's own code of an error, such as `SQLITE_BUSY`; `undefined` for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  const code = errnoOf(error);
  return code?.startsWith('SQLITE_') ? code : undefined;
}

/** What an error of SQLite means to the caller; `undefined` when it is a bug. */
export function explainSqlite(error: unknown, file: string): AuthctlError | undefined {
  const code = sqliteCode(error);
  if (code === undefined) return explainLoading(error);
  const is = (...names: string[]) => names.some((name) => code === name || code.startsWith(`${name}_`));
  const make = (kind: ConstructorParameters<typeof AuthctlError>[0], message: string, hint?: string) =>
    new AuthctlError(kind, message, { hint, cause: error });

  if (is('SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL')) {
    return make('database-busy', `the database ${file} is busy`, 'try again; another program holds it');
  }
  // The second comes when there is no room for the index of the write-ahead log.
  if (is('SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'))
    return make(
      'disk-full',
      `no space left for the database ${file}`,
      'make room and repeat the command; what it had not ended was rolled back',
    );
  if (is('SQLITE_NOTADB')) {
    return make('database-unusable', `${file} is not an authctl database`, 'name another with --database');
  }
  if (is('SQLITE_CORRUPT')) {
    return make('database-damaged', `the database ${file} is damaged`, 'restore it from a backup');
  }
  if (is('SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_CANTOPEN', 'SQLITE_AUTH')) {
    const logs = foreignLogs(file);
    return make(
      'database-unusable',
      `the database ${file} cannot be written or opened`,
      logs.length === 0
        ? 'check the permissions of the file and its folder'
        : `its log belongs to another user: ${givingBack(file, logs)}`,
    );
  }
  // A commit is over with fsync(2): where that fails, what was written may be there after all.
  if (code === 'SQLITE_IOERR_FSYNC') {
    return make(
      'outcome-unknown',
      `the disk of the database ${file} failed during a commit (${code})`,
      'check the disk; then authctl audit show --limit 5 tells whether the change was made',
    );
  }
  if (is('SQLITE_IOERR')) {
    return make(
      'database-unusable',
      `reading or writing the database ${file} failed (${code})`,
      'check the disk',
    );
  }
  if (code === 'SQLITE_ERROR' && error instanceof Error) return explainSchema(error, file);
  return undefined;
}

/** Does `work` on the database in `file`, and throws what its errors mean. */
export function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainSqlite(error, file) ?? error;
  }
}

// npm leaves the compiled part out where it may not run the scripts of packages; and each version of Node needs its own.
function explainLoading(error: unknown): AuthctlError | undefined {
  const [code, message] = [errnoOf(error), error instanceof Error ? error.message : ''];
  const missing = code === 'MODULE_NOT_FOUND' && message.includes('better_sqlite3');
  if (!missing && code !== 'ERR_DLOPEN_FAILED') return undefined;
  // dlopen(3) says so in words alone.
  if (/cannot allocate memory|failed to map segment/i.test(message)) {
    return new AuthctlError('system-limit', 'not enough memory to load SQLite', {
      hint: 'let the program have more: ulimit -v, or the limit of its container',
      cause: error,
    });
  }
  const why = missing
    ? 'better-sqlite3 was installed without its compiled part'
    : 'the compiled part of better-sqlite3 is not for this Node and system';
  return new AuthctlError('database-unusable', `SQLite cannot be loaded: ${why}`, {
    hint: 'install authctl again with this Node, and let npm run the install script of better-sqlite3',
    cause: error,
  });
}

function explainSchema(error: Error, file: string): AuthctlError | undefined {
  // Bytes of the header that say how the file is to be read (https://www.sqlite.org/fileformat.html, 1.3).
  if (/^(unsupported file format|malformed database schema)/.test(error.message)) {
    return new AuthctlError('database-damaged', `the database ${file} is damaged: ${error.message}`, {
      hint: 'restore it from a backup',
      cause: error,
    });
  }
  // The schema was looked at when the database was opened: since then another program has changed it.
  if (/^no such (table|column)/.test(error.message)) {
    return new AuthctlError('database-unmigrated', `the database ${file} lacks a table or column`, {
      hint: 'authctl migrate status shows whether somebody takes back its migrations',
      cause: error,
    });
  }
  if (/^(table|index|trigger) .* already exists$/.test(error.message)) {
    return new AuthctlError('database-unusable', `the database ${file} holds tables of another program`, {
      hint: 'name another with --database',
      cause: error,
    });
  }
  return undefined;
}
