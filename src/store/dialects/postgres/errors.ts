import type { AuthctlError } from '../../../domain/errors.ts';
import {
  codeOf,
  explainCommitUnknown,
  explainFault,
  isNetworkError,
  isTlsError,
  type ServerFault,
} from '../server/errors.ts';

// Codes: PostgreSQL documentation, appendix A. Class 08 is about connections.
const lostCodes = ['57P01', '57P02', '57P03', '53300', '25P03'];
// What the driver says, which has no codes.
const lostMessages =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error|^Client was closed/;

/** Whether the connection was lost or refused for now: shut down, starting up, too many, or the network. */
export function isPostgresLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return lostCodes.includes(code) || code.startsWith('08') || isNetworkError(error);
  return error instanceof Error && lostMessages.test(error.message);
}

/** Whether a commit may have been done all the same; distributed engines say so. */
export const isPostgresInDoubt = (error: unknown): boolean => codeOf(error) === '40003';

/** Whether another transaction was in the way: serialization failure, deadlock; one in doubt that was not done. */
export const isPostgresConflict = (error: unknown): boolean =>
  ['40001', '40P01', '40003'].includes(codeOf(error) ?? '');

/** The server takes no writes now, and another one of the URL may. */
export class Standby extends Error {
  // Appendix A: cannot_connect_now.
  readonly code = '57P03';
}

const faults: Readonly<Record<string, ServerFault>> = {
  '55P03': 'busy',
  '40001': 'busy',
  '40P01': 'busy',
  '40003': 'busy',
  '28000': 'refused',
  '28P01': 'refused',
  '42501': 'forbidden',
  '3D000': 'missing',
  '53100': 'full',
  '42P01': 'schema',
  '42703': 'schema',
  '42P07': 'schema',
  '25006': 'readonly',
  '22001': 'too-long',
};

/** What kind of trouble an error is; `undefined` when it is a bug. */
export function postgresFault(error: unknown): ServerFault | undefined {
  if (isTlsError(error)) return 'tls';
  if (isPostgresLost(error)) return 'unreachable';
  const known = faults[codeOf(error) ?? ''];
  // Without a code: the driver has no password to answer the server's question with.
  const asked = error instanceof Error && /^SASL|password must be a string/i.test(error.message);
  return known ?? (asked ? 'refused' : undefined);
}

/** What an error of PostgreSQL means to the caller; `undefined` when it is a bug. */
export function explainPostgres(error: unknown, database: string): AuthctlError | undefined {
  const unknown = explainCommitUnknown(error, database);
  const fault = postgresFault(error);
  return unknown ?? (fault && explainFault(fault, database, error));
}
