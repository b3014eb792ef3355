import { readFileSync } from 'node:fs';
import type { PoolOptions } from 'mysql2/promise';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { connectMs } from './resilience.ts';
import type { ServerLocation } from './server-location.ts';

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
    ...driverOptions(options),
    charset: 'utf8mb4',
    connectTimeout: connectMs(timeoutMs),
    connectionLimit: mostConnections,
    enableKeepAlive: true,
  };
}

/** The options that a URL may carry, with the driver's names. Throws `settings-invalid`. */
function driverOptions(given: ReadonlyMap<string, string>): PoolOptions {
  const { ssl, socketPath, sslCa, sslCert, sslKey, ...others } = Object.fromEntries(given);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new AuthctlError('settings-invalid', `the database URL has an unknown option ${quote(unknown)}`, {
      hint: 'there are ssl, sslCa, sslCert, sslKey and socketPath',
    });
  }
  const files = Object.entries({ ca: sslCa, cert: sslCert, key: sslKey }).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readTlsFile(path)] as const],
  );
  const isOn = files.length > 0 || (ssl !== undefined && ssl !== 'false');
  return {
    ...(socketPath !== undefined && { socketPath }),
    ...(isOn && { ssl: { rejectUnauthorized: ssl !== 'insecure', ...Object.fromEntries(files) } }),
  };
}

function readTlsFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AuthctlError('file-unusable', `the file ${quote(path)} of the database URL cannot be read`, {
      cause: error,
    });
  }
}
