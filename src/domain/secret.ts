import { createHash, randomBytes } from 'node:crypto';

/** What a token can be used for. */
export type SecretKind = 'session' | 'reset' | 'email';

/** A new token, which is shown once, and the hash that is stored. */
export interface Secret {
  /** `authctl_<kind>_` and 32 random bytes in base64url. */
  readonly token: string;
  /** SHA-256 in hexadecimal. 256 random bits cannot be guessed, so neither a salt nor a slow hash is needed. */
  readonly hash: string;
}

const secretBytes = 32;

/** Makes a token. Call it before the transaction that stores it: a transaction may run twice, a token is shown once. */
export function newSecret(kind: SecretKind): Secret {
  const token = `authctl_${kind}_${randomBytes(secretBytes).toString('base64url')}`;
  return { token, hash: sha256(token) };
}

/** The hash under which a token is stored; `undefined` for a text that is no token of this kind. */
export function secretHash(kind: SecretKind, token: string): string | undefined {
  const prefix = `authctl_${kind}_`;
  if (!token.startsWith(prefix) || !/^[\w-]{43}$/.test(token.slice(prefix.length))) return undefined;
  return sha256(token);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
