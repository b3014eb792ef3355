import { hash } from 'node:crypto';

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

/** Bytes of `text` in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes of a text of hexadecimal digits of either case; `undefined` when it is anything else. */
export function decodeHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Lower-case hexadecimal digits of `bytes`. */
export function encodeHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Bytes of a text in standard base64, padded in full or not at all (RFC 4648, section 4, with the unused bits
 * zero as section 3.5 asks); `undefined` when it is anything else.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const padded = bytes.toString('base64');
  return padded === text || padded.replaceAll('=', '') === text ? new Uint8Array(bytes) : undefined;
}

/** Padded standard base64 of `bytes`. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
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
