import type { AuthctlError } from '../../../domain/errors.ts';
import {
  codeOf,
  explainCommitUnknown,
  explainFault,
  isNetworkError,
  isTlsError,
  type ServerFault,
} from '../server/errors.ts';

const lostCodes: ReadonlySet<string> = new Set([
  ...['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT', 'POOL_CLOSED', 'ER_SERVER_SHUTDOWN'],
  ...['ER_CON_COUNT_ERROR', 'ER_CONNECTION_KILLED', 'ER_NORMAL_SHUTDOWN', 'ER_NEW_ABORTING_CONNECTION'],
  ...['ER_ABORTING_CONNECTION', 'ER_QUERY_INTERRUPTED', 'ER_TOO_MANY_USER_CONNECTIONS'],
  // A node of a Galera cluster that has lost the others, or is not yet in step with them.
  'ER_UNKNOWN_COM_ERROR',
]);

/** Whether the connection was lost or refused for now: shut down, killed, too many, out of its cluster, or the network. */
export function isMysqlLost(error: unknown): boolean {
  if (lostCodes.has(codeOf(error) ?? '') || isNetworkError(error)) return true;
  // What the driver says of a connection that broke before, which has no code.
  return error instanceof Error && /connection is in closed state|Connection lost/i.test(error.message);
}

/** Whether a commit may have been done all the same: a node lost its cluster after it had sent the changes there. */
export const isMysqlInDoubt = (error: unknown): boolean => codeOf(error) === 'ER_ERROR_DURING_COMMIT';

/** Whether another transaction was in the way, on this node or on another one. */
export const isMysqlConflict = (error: unknown): boolean =>
  ['ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'ER_ERROR_DURING_COMMIT'].includes(codeOf(error) ?? '');

const faults: Readonly<Record<string, ServerFault>> = {
  ER_LOCK_WAIT_TIMEOUT: 'busy',
  ER_LOCK_DEADLOCK: 'busy',
  ER_CHECKREAD: 'busy',
  ER_ERROR_DURING_COMMIT: 'busy',
  ER_ACCESS_DENIED_ERROR: 'refused',
  ER_DBACCESS_DENIED_ERROR: 'refused',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'refused',
  ER_TABLEACCESS_DENIED_ERROR: 'forbidden',
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'forbidden',
  ER_BAD_DB_ERROR: 'missing',
  ER_DISK_FULL: 'full',
  ER_RECORD_FILE_FULL: 'full',
  ER_NO_SUCH_TABLE: 'schema',
  ER_BAD_FIELD_ERROR: 'schema',
  ER_TABLE_EXISTS_ERROR: 'schema',
  ER_OPTION_PREVENTS_STATEMENT: 'readonly',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'readonly',
  ER_DATA_TOO_LONG: 'too-long',
};

/** What kind of trouble an error is; `undefined` when it is a bug. */
export function mysqlFault(error: unknown): ServerFault | undefined {
  if (isTlsError(error)) return 'tls';
  return isMysqlLost(error) ? 'unreachable' : faults[codeOf(error) ?? ''];
}

/** What an error of MySQL or MariaDB means to the caller; `undefined` when it is a bug. */
export function explainMysql(error: unknown, database: string): AuthctlError | undefined {
  const unknown = explainCommitUnknown(error, database);
  const fault = mysqlFault(error);
  return unknown ?? (fault && explainFault(fault, database, error));
}
