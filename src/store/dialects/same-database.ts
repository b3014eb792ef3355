import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { schemeOf } from './scheme.ts';
import { eachHost, readServerUrl } from './server/location.ts';
import { sqliteFile } from './sqlite/location.ts';

const ports: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306 };
const otherNames: Readonly<Record<string, string>> = { postgresql: 'postgres', mariadb: 'mysql' };

/**
 * Where a location leads, spelt in one way and without user, password and options, so that the same database has the
 * same name as far as its location tells; one for each host. Throws `settings-invalid`.
 */
export function databaseNames(location: string): string[] {
  const scheme = schemeOf(location);
  if (scheme === 'sqlite' || scheme === 'memory') return [fileName(sqliteFile(location))];
  return eachHost(location).map((url) => serverName(otherNames[scheme] ?? scheme, url));
}

function serverName(product: string, url: string): string {
  const { host, port, database, options } = readServerUrl(url);
  const socket = options.get('host') ?? options.get('socketPath');
  const where = host === undefined || ['127.0.0.1', '::1'].includes(host) ? 'localhost' : host;
  return `${product}://${socket ?? `${where}:${port ?? ports[product]}`}/${database}`;
}

function fileName(file: string): string {
  if (file === ':memory:') return file;
  const path = resolve(file);
  try {
    return realpathSync(path);
  } catch {
    // It need not be there yet; its folder must.
  }
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
