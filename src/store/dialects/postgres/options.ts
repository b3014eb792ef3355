import pg from 'pg';
import { quote } from '../../../domain/text.ts';
import { type Encryption, isLocal } from '../server/checks.ts';
import { badUrl, readServerUrl } from '../server/location.ts';
import { connectMs } from '../server/resilience.ts';
import { readTlsFile } from '../server/tls-files.ts';

/** Connections of one process at most. */
const mostConnections = 10;
/** A transaction whose program has stopped in the middle holds the head of the log no longer than this. */
const idleInTransactionMs = 60_000;
const int8 = 20;

const tlsFiles = ['sslrootcert', 'sslcert', 'sslkey'];
const options = [
  ...['sslmode', ...tlsFiles, 'sslnegotiation'],
  ...['host', 'application_name', 'options', 'statement_timeout'],
];
const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * What the driver is told of a URL; `password`, where given, outdoes the one in it, and without either the driver
 * looks into `~/.pgpass`.
 */
export function poolOptions(
  location: string,
  password: string | undefined,
  timeoutMs: number,
): pg.PoolConfig & pg.ClientConfig {
  return {
    connectionString: libpqUrl(location, password),
    application_name: 'authctl',
    max: mostConnections,
    connectionTimeoutMillis: connectMs(timeoutMs),
    lock_timeout: timeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    // Whole numbers here stay below 2^53; the driver would give texts.
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
  };
}

/**
 * The URL as the driver must see it. A password beside a URL is dropped by the driver even where the URL has none, so
 * that it becomes an option of the URL, which outdoes the user's part and works without a host, too. What `sslmode`
 * means is what it means everywhere else; the driver has other ideas, and prints a warning of them. A server that is
 * not on this machine must encrypt, unless the URL says what it must do.
 */
function libpqUrl(location: string, password: string | undefined): string {
  const url = new URL(location);
  const { host, options: given } = readServerUrl(location);
  if (!asksForTls(given) && !isLocal(given.get('host') ?? host)) url.searchParams.set('sslmode', 'require');
  if (password !== undefined) url.searchParams.set('password', password);
  if (url.searchParams.has('sslmode')) url.searchParams.set('uselibpqcompat', 'true');
  return url.href;
}

/**
 * Refuses what the driver would pass over or stumble on: a misspelt option would leave a connection without the
 * encryption it asks for. Throws `settings-invalid` and `file-unusable`.
 */
export function checkOptions(given: ReadonlyMap<string, string>): void {
  for (const name of given.keys()) {
    if (options.includes(name)) continue;
    throw badUrl(`has an unknown option ${quote(name)}`, `there are ${options.join(', ')}`);
  }
  const mode = given.get('sslmode');
  if (mode !== undefined && !tlsModes.includes(mode)) {
    throw badUrl(`has sslmode=${quote(mode)}`, `there are ${tlsModes.join(', ')}`);
  }
  const files = tlsFiles.flatMap((name) => given.get(name) ?? []);
  if (mode === 'disable' && files.length > 0) {
    throw badUrl('names TLS files with sslmode=disable', 'leave one of them out');
  }
  if (mode === 'verify-ca' && !given.has('sslrootcert')) {
    const hint = 'name the file of the certificate authority: sslrootcert=FILE';
    throw badUrl('has sslmode=verify-ca without sslrootcert', hint);
  }
  for (const path of files) readTlsFile(path);
}

/** Whether the URL says how the connection is encrypted, or that it is not. */
const asksForTls = (given: ReadonlyMap<string, string>): boolean =>
  ['sslmode', ...tlsFiles].some((name) => given.has(name));

/** Whether a server that encrypts has to prove who it is. */
export const verificationOf = (given: ReadonlyMap<string, string>): Encryption =>
  !asksForTls(given) ||
  given.get('sslmode') === 'prefer' ||
  (given.get('sslmode') === 'require' && !given.has('sslrootcert'))
    ? 'unverified'
    : 'verified';
