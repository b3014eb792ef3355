import { isIP } from 'node:net';
import type { PoolOptions } from 'mysql2/promise';
import { quote } from '../../../domain/text.ts';
import { type Encryption, isLocal } from '../server/checks.ts';
import { badUrl, type ServerLocation } from '../server/location.ts';
import { connectMs } from '../server/resilience.ts';
import { readTlsFile } from '../server/tls-files.ts';

/** Connections of one process at most. */
const mostConnections = 10;

/**
 * What the driver is told of a URL; `password`, where given, outdoes the one in it. Throws `settings-invalid`.
 */
export function poolOptions(
  target: ServerLocation,
  password: string | undefined,
  timeoutMs: number,
): PoolOptions {
  const { host, port, user, database, options } = target;
  return {
    host: host ?? 'localhost',
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    password: password ?? target.password ?? '',
    database,
    ...driverOptions(host ?? 'localhost', options),
    charset: 'utf8mb4',
    connectTimeout: connectMs(timeoutMs),
    connectionLimit: mostConnections,
    enableKeepAlive: true,
  };
}

/** What is checked of the server's certificate, by what `ssl` says. */
const tlsModes = {
  true: { rejectUnauthorized: true, verifyIdentity: true },
  'verify-ca': { rejectUnauthorized: true, verifyIdentity: false },
  insecure: { rejectUnauthorized: false, verifyIdentity: false },
} as const;

/** The options that a URL may carry, with the driver's names. Throws `settings-invalid`. */
function driverOptions(host: string, given: ReadonlyMap<string, string>): PoolOptions {
  const { ssl, socketPath, sslCa, sslCert, sslKey, ...others } = Object.fromEntries(given);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const there = 'there are ssl, sslCa, sslCert, sslKey and socketPath';
    throw badUrl(`has an unknown option ${quote(unknown)}`, there);
  }
  const paths = { ca: sslCa, cert: sslCert, key: sslKey };
  const isNamed = Object.values(paths).some((path) => path !== undefined);
  const mode = ssl ?? (isNamed ? 'true' : defaultMode(socketPath !== undefined || isLocal(host)));
  const options = socketPath === undefined ? {} : { socketPath };
  if (mode === 'false' && !isNamed) return options;
  if (!isTlsMode(mode)) {
    const there =
      'there are true, verify-ca (who signed the certificate, not whom it names), insecure and false';
    throw badUrl(mode === 'false' ? 'names TLS files with ssl=false' : `has ssl=${quote(mode)}`, there);
  }
  // The driver looks for a name in the certificate only where the URL has one.
  if (mode === 'true' && isIP(host) !== 0) {
    const ways = 'write the name that its certificate has, or ssl=verify-ca and sslCa=FILE';
    throw badUrl('asks for TLS and names the server by its address', ways);
  }
  if (mode === 'verify-ca' && sslCa === undefined) {
    throw badUrl('has ssl=verify-ca without sslCa', 'name the file of the certificate authority: sslCa=FILE');
  }
  const files = Object.entries(paths).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readTlsFile(path)] as const],
  );
  return { ...options, ssl: { ...tlsModes[mode], ...Object.fromEntries(files) } };
}

/** A server that is not on this machine must encrypt, unless the URL says what it must do. */
const defaultMode = (isNear: boolean): string => (isNear ? 'false' : 'insecure');

const isTlsMode = (mode: string): mode is keyof typeof tlsModes => Object.hasOwn(tlsModes, mode);

/** Whether a server that encrypts has to prove who it is. */
export const verificationOf = (given: ReadonlyMap<string, string>): Encryption => {
  const mode = given.get('ssl');
  const isNamed = ['sslCa', 'sslCert', 'sslKey'].some((name) => given.has(name));
  return mode === 'insecure' || (mode === undefined && !isNamed) ? 'unverified' : 'verified';
};
