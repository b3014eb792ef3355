import { ntText } from '../crypt/crypt.ts';
import {
  type DigestInput,
  hmacText,
  mysql323Text,
  parseTaggedDigest,
  passwordPart,
  rawDigestText,
  type SaltEncoding,
  saltedDigestText,
  saltPart,
  usesSalt,
} from '../digest/digest.ts';
import { isBetterAuthText, nodeScryptText } from '../kdf/kdf.ts';
import { digestBytes, readDigest } from '../primitives/digests.ts';
import { decodeBase64, decodeHex, utf8 } from '../primitives/encoding.ts';
import type { HashFormat } from './hash-format.ts';

/** The self-contained text that a hash and its salt stand for, or why there is none. */
export type Applied = { kind: 'text'; text: string } | { kind: 'refused'; message: string };

const saltThenPassword: DigestInput = [saltPart, passwordPart];
const furtherField = 'something stands behind the hash and its salt: give the salt a column of its own';
const noPlaceForSalt = 'the hash format has no place for the salt that the row has';

/**
 * Reads `text` as the format says; `undefined` when it does not have that format's shape, and so may be
 * something that describes itself.
 *
 * @param salt the salt's own column: `undefined` when there is none, empty for an empty salt
 */
export function applyFormat(format: HashFormat, text: string, salt: string | undefined): Applied | undefined {
  switch (format.kind) {
    case 'django':
    case 'werkzeug':
      return framework(format.kind, text);
    case 'better-auth':
      return isBetterAuthText(text) ? { kind: 'text', text } : undefined;
    case 'node-scrypt':
      return textOrNone(nodeScryptText(text));
    case 'nt':
      return unsalted(text, 16, ntText, salt);
    case 'mysql323':
      return unsalted(text, 8, mysql323Text, salt);
    case 'plaintext':
      return undefined;
    case 'digest':
    case 'hmac':
      return digest(format, text, salt);
  }
}

const textOrNone = (text: string | undefined): Applied | undefined =>
  text === undefined ? undefined : { kind: 'text', text };

/** A digest in hexadecimal that its software makes without a salt. */
function unsalted(
  text: string,
  length: number,
  storedText: (digest: Uint8Array) => string,
  salt: string | undefined,
): Applied | undefined {
  const bytes = decodeHex(text);
  if (bytes?.length !== length) return undefined;
  return salt ? { kind: 'refused', message: noPlaceForSalt } : { kind: 'text', text: storedText(bytes) };
}

function framework(kind: 'django' | 'werkzeug', text: string): Applied | undefined {
  const tagged = parseTaggedDigest(text);
  if (tagged && tagged.salt !== '') {
    const salt = utf8(tagged.salt);
    const stored =
      kind === 'django'
        ? saltedDigestText(tagged.digest, saltThenPassword, salt, tagged.bytes)
        : hmacText(tagged.digest, salt, tagged.bytes);
    return { kind: 'text', text: stored };
  }
  // The oldest Django stored bare MD5: `identify_hasher` in django/contrib/auth/hashers.py.
  const md5 = kind === 'django' && text.length === 32 ? decodeHex(text) : undefined;
  return md5 && { kind: 'text', text: rawDigestText('md5', md5) };
}

function digest(
  format: Extract<HashFormat, { kind: 'digest' | 'hmac' }>,
  text: string,
  salt: string | undefined,
): Applied | undefined {
  const needsSalt = format.kind === 'hmac' || usesSalt(format.input);
  const colon = needsSalt && salt === undefined ? text.indexOf(':') : -1;
  const bytes = readDigest(colon < 0 ? text : text.slice(0, colon), digestBytes[format.digest]);
  if (!bytes) return undefined;
  const saltText = colon < 0 ? salt : text.slice(colon + 1);
  if (colon >= 0 && saltText?.includes(':')) return { kind: 'refused', message: furtherField };
  if (!needsSalt && saltText) return { kind: 'refused', message: noPlaceForSalt };
  if (needsSalt && saltText === undefined) {
    return { kind: 'refused', message: 'the hash format needs a salt, and the row has none' };
  }
  const saltBytes = decodeSalt(saltText ?? '', format.saltEncoding);
  if (!saltBytes) return { kind: 'refused', message: `the salt is not valid ${format.saltEncoding}` };
  return { kind: 'text', text: storedText(format, saltBytes, bytes) };
}

function storedText(
  format: Extract<HashFormat, { kind: 'digest' | 'hmac' }>,
  salt: Uint8Array,
  bytes: Uint8Array,
): string {
  if (format.kind === 'hmac') return hmacText(format.digest, salt, bytes);
  const [part, ...more] = format.input;
  if (part === passwordPart && more.length === 0) return rawDigestText(format.digest, bytes);
  return saltedDigestText(format.digest, format.input, salt, bytes);
}

function decodeSalt(text: string, encoding: SaltEncoding): Uint8Array | undefined {
  if (encoding === 'text') return utf8(text);
  return encoding === 'hex' ? decodeHex(text) : decodeBase64(text);
}
