import { domainToASCII } from 'node:url';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';

/** The parts of a server's URL, decoded. */
export interface ServerLocation {
  host: string | undefined;
  port: number | undefined;
  user: string | undefined;
  password: string | undefined;
  database: string;
  /** What stands behind the question mark: options of the driver. */
  options: ReadonlyMap<string, string>;
}

/** What is wrong with a database URL, never with the URL itself: it may hold a password. */
export const badUrl = (why: string, hint: string): AuthctlError =>
  new AuthctlError('settings-invalid', `the database URL ${why}`, { hint });

/** A URL with several hosts, `scheme://user@host1:port1,host2:port2/database`, as one URL a host. */
export function eachHost(location: string): string[] {
  const [, before = '', hosts = '', rest = ''] =
    /^([^:]+:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s.exec(location) ?? [];
  return before === '' ? [location] : hosts.split(',').map((host) => before + host + rest);
}

/** Octets of a host's name at most (RFC 1035, 2.3.4). */
const mostOfHost = 253;

/** Throws `usage` for what no host can be called: the system would refuse to look for it. A path names a socket. */
function requireHost(host: string): void {
  if (host === '' || host.startsWith('/') || /^\[[0-9a-f:.]+\]$/i.test(host)) return;
  const ascii = domainToASCII(host);
  if (ascii !== '' && ascii.length <= mostOfHost) return;
  throw new AuthctlError('usage', `the database URL names no host: ${quote(host)}`, {
    hint: 'a host has a name of at most 253 letters, digits, dots and hyphens, or an address',
  });
}

/** Reads `scheme://user:password@host:port/database?option=value`. Throws `settings-invalid`. */
export function readServerUrl(location: string): ServerLocation {
  const refuse = (why: string) =>
    badUrl(why, 'write it as postgres://user@host:5432/database or mysql://user@host:3306/database');
  let url: URL;
  try {
    url = new URL(location);
  } catch {
    // The error would hold the URL, and that may hold a password.
    throw refuse('cannot be read');
  }
  try {
    const database = decodeURIComponent(url.pathname.replace(/^\//, ''));
    if (database === '' || database.includes('/')) throw refuse('names no database');
    requireHost(decodeURIComponent(url.hostname));
    return {
      host: url.hostname.replace(/^\[|\]$/g, '') || undefined,
      port: url.port === '' ? undefined : Number(url.port),
      user: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
      database,
      options: new Map(url.searchParams),
    };
  } catch (error) {
    throw error instanceof URIError ? refuse('has a broken percent-encoding') : error;
  }
}

/** The database as messages call it: never with a user or a password. */
export function describeDatabase(product: string, targets: readonly ServerLocation[], port0: number): string {
  const hosts = targets.map(({ host, port, options }) => {
    const socket = options.get('host') ?? options.get('socketPath');
    return `${host ?? socket ?? 'localhost'}:${port ?? port0}`;
  });
  return `${product} database "${targets[0]?.database}" at ${hosts.join(',')}`;
}
