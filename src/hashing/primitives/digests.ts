import { hash } from 'node:crypto';
import { decodeBase64, decodeHex } from './encoding.ts';

/** Length in bytes of each digest that a legacy format is built on. */
export const digestBytes = { md5: 16, sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 } as const;

/** A digest by its usual lower-case name, which is OpenSSL's too. */
export type Digest = keyof typeof digestBytes;

/** Every digest, shortest first. */
export const digestNames: readonly Digest[] = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** `true` for the exact lower-case name of a digest. */
export function isDigest(name: string): name is Digest {
  return Object.hasOwn(digestBytes, name);
}

/** One run of a digest. `hash` costs two thirds of `createHash`, which shows where it is called 2^15 times. */
export function digestOf(name: Digest, data: Uint8Array): Uint8Array {
  return hash(name, data, 'buffer');
}

/**
 * A digest as dumps spell it: hexadecimal of either case or base64, told apart by the exact length. The one
 * length that is both, 64, is hexadecimal where all its characters are.
 *
 * @param length bytes of the digest; `undefined` is returned for any other length
 */
export function readDigest(text: string, length: number): Uint8Array | undefined {
  const isHex = text.length === 2 * length || /^[0-9A-Fa-f]*$/.test(text);
  const bytes = isHex ? decodeHex(text) : decodeBase64(text);
  return bytes?.length === length ? bytes : undefined;
}
