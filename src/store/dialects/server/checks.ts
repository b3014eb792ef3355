import { type Finding, passed, warning } from '../../../domain/finding.ts';

/** Settings of a server by their names, as texts. */
export type ServerSettings = ReadonlyMap<string, string>;

/** Whether nobody else's network lies between this machine and the server. */
export function isLocal(host: string | undefined): boolean {
  return (
    host === undefined || host === 'localhost' || host === '::1' || /^(127\.\d+\.\d+\.\d+$|\/)/.test(host)
  );
}

/** How the connection is protected: `unverified` means encrypted, but for any server that answers. */
export type Encryption = 'none' | 'unverified' | 'verified';

/**
 * Whether the connection may be read on its way.
 *
 * @param hosts of the servers; `undefined` for a socket
 * @param option how the URL asks for TLS
 */
export function encryption(
  hosts: readonly (string | undefined)[],
  state: Encryption,
  option: string,
): Finding {
  const remote = hosts.filter((host) => !isLocal(host));
  if (state === 'verified')
    return passed('tls', 'the connection is encrypted, to a server that has proved who it is');
  if (remote.length === 0) {
    const how = state === 'none' ? '' : 'is encrypted and ';
    return passed('tls', `the connection ${how}does not leave this machine`);
  }
  if (state === 'unverified') {
    return warning(
      'tls',
      `the connection to ${remote.join(', ')} is encrypted, but whoever answers there is believed to be the server`,
      `write ${option} in the URL, with the file of the certificate authority`,
    );
  }
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
