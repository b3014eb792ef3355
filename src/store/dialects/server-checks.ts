import { type Finding, passed, warning } from '../../domain/finding.ts';

/** Settings of a server by their names, as texts. */
export type ServerSettings = ReadonlyMap<string, string>;

/** Whether nobody else's network lies between this machine and the server. */
export function isLocal(host: string | undefined): boolean {
  return host === undefined || host === 'localhost' || host === '::1' || /^(127\.[\d.]+$|\/)/.test(host);
}

/**
 * Whether the connection may be read on its way.
 *
 * @param hosts of the servers; `undefined` for a socket
 * @param option how the URL asks for TLS
 */
export function encryption(
  hosts: readonly (string | undefined)[],
  isEncrypted: boolean,
  option: string,
): Finding {
  if (isEncrypted) return passed('tls', 'the connection is encrypted');
  const remote = hosts.filter((host) => !isLocal(host));
  if (remote.length === 0) return passed('tls', 'the connection does not leave this machine');
  return warning(
    'tls',
    `the connection to ${remote.join(', ')} is not encrypted: hashes of passwords can be read on the way`,
    `turn TLS on in the server and add ${option} to the URL`,
  );
}

/** Versions that their makers no longer mend are told. */
export function supported(product: string, version: string, isMaintained: boolean, oldest: string): Finding {
  const text = `${product} ${version}`;
  return isMaintained
    ? passed('version', text)
    : warning(
        'version',
        `${text} is no longer maintained`,
        `move to ${product} ${oldest} or newer; the tests run on newer ones only`,
      );
}
