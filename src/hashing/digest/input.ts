import { type Digest, digestOf } from '../primitives/digests.ts';
import { encodeHex, utf8 } from '../primitives/encoding.ts';

/** One piece of what a legacy system fed to its digest. */
export type Part =
  | { readonly kind: 'password'; readonly encoding: 'utf8' | 'utf16le' }
  | { readonly kind: 'salt' }
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  /** An inner digest as lower-case hexadecimal text, which is what PHP's and MySQL's `md5()` give. */
  | { readonly kind: 'digest'; readonly digest: Digest; readonly parts: DigestInput };

/** What is digested: the parts, one after the other. */
export type DigestInput = readonly Part[];

export const passwordPart: Part = { kind: 'password', encoding: 'utf8' };
export const saltPart: Part = { kind: 'salt' };

/** The bytes that an input gives for a password and a salt. */
export function inputBytes(input: DigestInput, password: string, salt: Uint8Array): Uint8Array {
  return Buffer.concat(input.map((part) => bytesOf(part, password, salt)));
}

function bytesOf(part: Part, password: string, salt: Uint8Array): Uint8Array {
  switch (part.kind) {
    case 'password':
      return part.encoding === 'utf8' ? utf8(password) : Buffer.from(password, 'utf16le');
    case 'salt':
      return salt;
    case 'literal':
      return part.bytes;
    case 'digest':
      return utf8(encodeHex(digestOf(part.digest, inputBytes(part.parts, password, salt))));
  }
}

/** `true` when the salt is part of what is digested. */
export function usesSalt(input: DigestInput): boolean {
  return input.some((part) => part.kind === 'salt' || (part.kind === 'digest' && usesSalt(part.parts)));
}

/** `true` when the password is part of what is digested: without it every password would match. */
export function usesPassword(input: DigestInput): boolean {
  return input.some(
    (part) => part.kind === 'password' || (part.kind === 'digest' && usesPassword(part.parts)),
  );
}
