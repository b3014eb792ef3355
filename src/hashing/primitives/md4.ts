import type { IHasher } from 'hash-wasm';

let hasher: Promise<IHasher> | undefined;

/** MD4 (RFC 1320) by WebAssembly: NT password hashes need it, and OpenSSL 3 no longer offers it. */
export async function md4(message: Uint8Array): Promise<Uint8Array> {
  hasher ??= import('hash-wasm').then(({ createMD4 }) => createMD4());
  return (await hasher).init().update(message).digest('binary');
}
