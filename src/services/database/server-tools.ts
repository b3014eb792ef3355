import { AuthctlError } from '../../domain/errors.ts';
import { schemeOf } from '../../store/dialects/index.ts';
import { eachHost, readServerUrl } from '../../store/dialects/server/location.ts';
import { sqliteFile } from '../../store/dialects/sqlite/location.ts';

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
  const name = word(database);
  const socket = options.get('socketPath');
  const where = [
    socket === undefined
      ? `--host=${word(host ?? options.get('host') ?? 'localhost')}`
      : `--socket=${word(socket)}`,
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...(user === undefined ? [] : [isPostgres ? `--username=${word(user)}` : `--user=${word(user)}`]),
  ].join(' ');
  if (isPostgres) {
    return move === 'backup'
      ? `pg_dump --format=custom ${where} --file=${word(file)} ${name}`
      : `pg_restore --clean --if-exists --single-transaction ${where} --dbname=${name} ${word(file)}`;
  }
  // Both ask for the password where one is needed.
  return move === 'backup'
    ? `mariadb-dump --single-transaction --routines --triggers ${where} --password --result-file=${word(file)} ${name}`
    : `mariadb ${where} --password ${name} < ${word(file)}`;
}

/** As a shell takes it. */
const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
