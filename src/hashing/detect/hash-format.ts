import {
  BadExpression,
  type DigestInput,
  parseExpression,
  passwordPart,
  type SaltEncoding,
  usesPassword,
} from '../digest/digest.ts';
import { type Digest, digestNames, isDigest } from '../primitives/digests.ts';

/** What an operator says of hashes that do not say it themselves. */
export type HashFormat =
  /** The frameworks' `sha1$salt$…`, which means something else in each. */
  | { readonly kind: 'django' | 'werkzeug' }
  /** `salt:digest` in hexadecimal: scrypt as better-auth runs it, or with the costs that Node.js has by default. */
  | { readonly kind: 'better-auth' | 'node-scrypt' }
  | { readonly kind: 'nt' | 'mysql323' | 'plaintext' }
  /** A digest over password, salt and fixed text. */
  | {
      readonly kind: 'digest';
      readonly digest: Digest;
      readonly input: DigestInput;
      readonly saltEncoding: SaltEncoding;
    }
  /** An HMAC of the password, keyed with the salt. */
  | { readonly kind: 'hmac'; readonly digest: Digest; readonly saltEncoding: SaltEncoding };

/** `--hash-format` cannot be read. The message quotes nothing of it, since fixed text in it may be a secret. */
export class BadHashFormat extends Error {}

/** The names that `parseHashFormat` knows. */
export const hashFormatNames: readonly string[] = [
  'django',
  'werkzeug',
  'better-auth',
  'node-scrypt',
  ...digestNames,
  'nt',
  'mysql323',
  'plaintext',
];

/**
 * Reads `--hash-format`:
 *
 * - `django` or `werkzeug`: what `sha1$salt$…` and the like mean; self-describing hashes of both need no format
 * - `md5`, `sha1`, `sha224`, `sha256`, `sha384`, `sha512`: the unsalted digest of the password
 * - `better-auth` or `node-scrypt`: which scrypt made `salt:digest` in hexadecimal
 * - `nt`, `mysql323`, `plaintext`
 * - `<digest>:<parts>`, a digest over parts joined by `+`, each of them `password`, `salt`, quoted text or an
 *   inner digest in hexadecimal: `sha256:password+salt`, `md5:salt+password+salt`, `md5:md5(password)+salt`,
 *   `sha256:password+'{'+salt+'}'`
 * - `hmac-<digest>:salt`: the HMAC of the password, keyed with the salt
 *
 * The salt is UTF-8 text, or written `unhex(salt)` or `unbase64(salt)` where its column holds hexadecimal or
 * base64 of it; `utf16le(password)` is the password as .NET's `Encoding.Unicode` has it. Digests are read in
 * hexadecimal or base64, whichever has the right length. Where there is no salt column, `<digest>:<salt>` in
 * one field is taken apart at its first colon.
 *
 * @throws BadHashFormat when `text` is none of these
 */
export function parseHashFormat(text: string): HashFormat {
  switch (text) {
    case 'django':
    case 'werkzeug':
    case 'better-auth':
    case 'node-scrypt':
    case 'nt':
    case 'mysql323':
    case 'plaintext':
      return { kind: text };
  }
  if (isDigest(text)) return { kind: 'digest', digest: text, input: [passwordPart], saltEncoding: 'text' };
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const keyed = name.startsWith('hmac-');
  const digest = keyed ? name.slice('hmac-'.length) : name;
  if (colon < 0 || !isDigest(digest)) {
    throw new BadHashFormat(
      `unknown hash format: expected one of ${hashFormatNames.join(', ')}, a template such as ` +
        'sha256:password+salt, or hmac-sha256:salt',
    );
  }
  return keyed ? hmacFormat(digest, text.slice(colon + 1)) : digestFormat(digest, text.slice(colon + 1));
}

/**
 * `parseHashFormat` for a format that an operator or a dump gives. Fixed text may be what a system puts between
 * password and salt, such as braces; longer text, letters and digits may be a secret (a pepper).
 *
 * @throws BadHashFormat also when `text` holds what may be a secret
 */
export function parseGivenHashFormat(text: string): HashFormat {
  const format = parseHashFormat(text);
  if (format.kind !== 'digest' || !format.input.some(mayBeSecret)) return format;
  throw new BadHashFormat(
    'fixed text in a hash format may be up to three punctuation marks; a secret (pepper) in it could be read in the ' +
      'arguments of the process, in every stored hash and in backups. Peppers are not supported',
  );
}

function mayBeSecret(part: DigestInput[number]): boolean {
  if (part.kind === 'digest') return part.parts.some(mayBeSecret);
  return part.kind === 'literal' && !/^[!-/:-@[-`{-~]{0,3}$/.test(Buffer.from(part.bytes).toString('latin1'));
}

function digestFormat(digest: Digest, text: string): HashFormat {
  const { input, saltEncoding } = readExpression(text);
  if (!usesPassword(input)) {
    throw new BadHashFormat('the hash format leaves the password out: every password would match');
  }
  return { kind: 'digest', digest, input, saltEncoding };
}

function hmacFormat(digest: Digest, text: string): HashFormat {
  const { input, saltEncoding } = readExpression(text);
  if (input.length !== 1 || input[0]?.kind !== 'salt') {
    throw new BadHashFormat('an HMAC is keyed with salt, unhex(salt) or unbase64(salt) and nothing else');
  }
  return { kind: 'hmac', digest, saltEncoding };
}

function readExpression(text: string) {
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof BadExpression)) throw error;
    throw new BadHashFormat(`the hash format cannot be read behind its colon: ${error.message}`);
  }
}
