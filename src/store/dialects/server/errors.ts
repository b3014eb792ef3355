import { AuthctlError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../io/errno.ts';
import { CommitUnknown } from './driver.ts';

/** A server's own code of an error, such as `23505` or `ER_DUP_ENTRY`, or that of the network: `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  return errnoOf(error);
}

const networkCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EHOSTDOWN', 'ENETDOWN'],
]);

/** Whether the network or the socket is why there is no connection. */
export const isNetworkError = (error: unknown): boolean => networkCodes.has(codeOf(error) ?? '');

const tlsCodes: ReadonlySet<string> = new Set([
  ...[
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CERT_REVOKED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'HOSTNAME_MISMATCH',
  ],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'HANDSHAKE_NO_SSL_SUPPORT', 'HANDSHAKE_SSL_ERROR'],
]);

/** Whether a connection fails for its encryption: the server has none, or shows a certificate that is not trusted. */
export function isTlsError(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  const noTls =
    error instanceof Error && /server does not support (SSL|secure) connection/i.test(error.message);
  return noTls || tlsCodes.has(code) || /^ERR_(TLS|SSL|OSSL)_/.test(code);
}

/** What a server's error may mean to the caller, whichever server it is. */
export type ServerFault =
  | 'unreachable'
  | 'busy'
  | 'refused'
  | 'tls'
  | 'forbidden'
  | 'missing'
  | 'full'
  | 'schema'
  | 'readonly'
  | 'too-long';

/** Tells the caller; `database` names the database without its password. */
export function explainFault(fault: ServerFault, database: string, error: unknown): AuthctlError {
  const code = codeOf(error);
  const because = code === undefined ? '' : ` (${code})`;
  const make = (kind: ConstructorParameters<typeof AuthctlError>[0], message: string, hint: string) =>
    new AuthctlError(kind, message, { hint, cause: error });
  switch (fault) {
    case 'unreachable':
      return make(
        'database-unreachable',
        `${database} cannot be reached${because}`,
        'check that the server runs and the URL is right, then repeat the command; what it had not ended was rolled back',
      );
    case 'busy':
      return make('database-busy', `${database} is busy${because}`, 'try again; another program holds it');
    case 'refused':
      return make(
        'database-unusable',
        `${database} refuses the user or the password${because}`,
        'check the URL, --database-password-file and what the server allows',
      );
    case 'tls':
      return make(
        'database-unusable',
        `${database} cannot be reached with TLS${because}`,
        'the server may have none, or a certificate that is not trusted here; where the network is trusted, sslmode=disable (PostgreSQL) or ssl=false (MySQL) in the URL goes without',
      );
    case 'forbidden':
      return make(
        'database-unusable',
        `the user of ${database} lacks a right that the command needs${because}`,
        'grant it on the server',
      );
    case 'missing':
      return make('database-missing', `there is no ${database}`, 'authctl migrate up makes it');
    case 'full':
      return make(
        'disk-full',
        `no space left for ${database}`,
        'make room and repeat the command; what it had not ended was rolled back',
      );
    case 'schema':
      return make(
        'database-unmigrated',
        `${database} lacks a table or column, or holds those of another program`,
        'authctl migrate status shows what is applied',
      );
    case 'readonly':
      return make(
        'database-unusable',
        `${database} takes no writes${because}`,
        'name the primary server in the URL, not a replica',
      );
    case 'too-long':
      return make(
        'value-too-long',
        `a value is longer than ${database} holds`,
        'shorten it; nothing was written',
      );
  }
}

/** An error whose transaction may or may not have been committed, which the database could not be asked in time. */
export function explainCommitUnknown(error: unknown, database: string): AuthctlError | undefined {
  if (!(error instanceof CommitUnknown)) return undefined;
  return new AuthctlError(
    'outcome-unknown',
    `the connection to ${database} was lost while it was committing, and it could not be asked since`,
    { hint: 'authctl audit show --limit 5 tells whether the change was made', cause: error },
  );
}
