import { AuthctlError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import { isOpen, type OneTimeToken, type TokenKind } from '../../domain/one-time-token.ts';
import { newSecret, secretHash } from '../../domain/secret.ts';
import type { User } from '../../domain/user.ts';
import type { Repositories, Transaction } from '../../store/index.ts';

/** A new token. Only its hash is stored, so it can be shown only now. */
export interface IssuedToken {
  token: string;
  expiresAt: Date;
  user: Pick<User, 'id' | 'username' | 'email'>;
}

/** A token with everything random about it, made before the transaction that stores it, which may be repeated. */
export interface TokenDraft {
  readonly kind: TokenKind;
  readonly id: string;
  readonly token: string;
  readonly hash: string;
  readonly expiresAt: Date;
}

/** @param lifeMs for how many milliseconds from `now` the token is valid */
export function draftToken(kind: TokenKind, lifeMs: number, now: Date): TokenDraft {
  return { kind, id: newId(), ...newSecret(kind), expiresAt: new Date(now.getTime() + lifeMs) };
}

/** Issues a token to a user; it replaces an older one of its kind. */
export async function issueToken(
  tx: Transaction,
  user: User,
  { kind, id, token, hash, expiresAt }: TokenDraft,
  by: { actor: string; now: Date },
): Promise<IssuedToken> {
  await tx.tokens.deleteOfUser(user.id, [kind]);
  const { username, email } = user;
  await tx.tokens.insert(
    { id, kind, userId: user.id, email, createdAt: by.now, createdBy: by.actor, expiresAt },
    hash,
  );
  tx.audit({
    action: `${kind}.issue`,
    target: user.id,
    detail: { token: id, expiresAt: expiresAt.toISOString() },
  });
  return { token, expiresAt, user: { id: user.id, username, email } };
}

/** Finds a token and its user. Throws `token-refused` for every reason. */
export async function openToken(
  { tokens, users }: Pick<Repositories, 'tokens' | 'users'>,
  kind: TokenKind,
  text: string,
  now: Date,
): Promise<{ token: OneTimeToken; user: User }> {
  const hash = secretHash(kind, text);
  const token = hash === undefined ? undefined : await tokens.byHash(kind, hash);
  const user = token && isOpen(token, now) ? await users.byId(token.userId) : undefined;
  if (!token || !user || user.deletedAt) throw tokenRefused(kind);
  return { token, user };
}

/** The error of every token that is not valid, whatever the reason. */
export const tokenRefused = (kind: TokenKind): AuthctlError =>
  new AuthctlError('token-refused', 'token refused', {
    hint: `it is unknown, has expired or was used; authctl ${kind} issue makes another`,
  });
