import { createHash, randomBytes } from 'node:crypto';

/** What a secret that was handed out opens. */
export type SecretKind = 'session' | 'reset' | 'email';

/** A secret to be handed out once, and what is stored of it. */
export interface Secret {
  /** `authctl_<kind>_` and 32 random bytes in base64url. */
  readonly token: string;
  /** SHA-256 in hexadecimal: 256 random bits need neither salt nor slowness. */
  readonly hash: string;
}

const secretBytes = 32;

/** A new secret. It is made before a transaction that stores it, which may be run again. */
export function newSecret(kind: SecretKind): Secret {
  const token = `authctl_${kind}_${randomBytes(secretBytes).toString('base64url')}`;
  return { token, hash: sha256(token) };
}

/** What would be stored of a token; `undefined` for a text that is no token of this kind. */
export function secretHash(kind: SecretKind, token: string): string | undefined {
  const prefix = `authctl_${kind}_`;
  if (!token.startsWith(prefix) || !/^[\w-]{43}$/.test(token.slice(prefix.length))) return undefined;
  return sha256(token);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
