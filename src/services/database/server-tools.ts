import { AuthctlError } from '../../domain/errors.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { eachHost, readServerUrl, schemeOf, sqliteFile } from '../../store/dialects/index.ts';

type Move = 'backup' | 'restore';

const verbs: Readonly<Record<Move, string>> = { backup: 'back up', restore: 'restore' };

/** The file of a SQLite database. Throws `usage` for any other, with what to use there. */
export function requireSqliteFile(location: string, move: Move, file: string): string {
  const scheme = schemeOf(location);
  if (scheme === 'sqlite') return sqliteFile(location);
  if (scheme === 'memory') {
    throw new AuthctlError(
      'usage',
      `a database in memory is gone when the program ends: there is nothing to ${verbs[move]}`,
      {
        hint: 'name a file with --database',
      },
    );
  }
  throw new AuthctlError('usage', `the database of a server is for its own tools to ${verbs[move]}`, {
    hint: serverCommand(location, move, file),
  });
}

/** The command line of the server's own tool, without a password. Throws `settings-invalid`. */
export function serverCommand(location: string, move: Move, file: string): string {
  const { host, port, user, database, options } = readServerUrl(eachHost(location)[0] ?? location);
  const isPostgres = schemeOf(location).startsWith('postgres');
  const name = shellWord(database);
  const socket = options.get('socketPath');
  const where = [
    socket === undefined
      ? `--host=${shellWord(host ?? options.get('host') ?? 'localhost')}`
      : `--socket=${shellWord(socket)}`,
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(user === undefined
      ? []
      : [isPostgres ? `--username=${shellWord(user)}` : `--user=${shellWord(user)}`]),
  ].join(' ');
  if (isPostgres) {
    return move === 'backup'
      ? `pg_dump --format=custom ${where} --file=${shellWord(file)} ${name}`
      : `pg_restore --clean --if-exists --single-transaction ${where} --dbname=${name} ${shellWord(file)}`;
  }
  // Both ask for the password where one is needed.
  return move === 'backup'
    ? `mariadb-dump --single-transaction --routines --triggers ${where} --password --result-file=${shellWord(file)} ${name}`
    : `mariadb ${where} --password ${name} < ${shellWord(file)}`;
}
