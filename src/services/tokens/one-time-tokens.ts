import { AuthctlError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import { isOpen, type OneTimeToken, type TokenKind } from '../../domain/one-time-token.ts';
import { newSecret, secretHash } from '../../domain/secret.ts';
import { isSameEmail, type User } from '../../domain/user.ts';
import type { Repositories, Transaction } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';

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

type TokenRefusal = 'unknown-token' | 'token-expired' | 'deleted' | 'another-address';

type OpenedToken =
  | { outcome: 'ok'; token: OneTimeToken; user: User }
  | { outcome: 'refused'; reason: TokenRefusal; token?: OneTimeToken };

/** A token that somebody presents: its text, and the action for which it is used. */
export interface PresentedToken {
  readonly kind: TokenKind;
  readonly action: string;
  readonly text: string;
}

/** The user of a token, which is not used up by that. Throws `token-refused`, as `useToken` does. */
export async function userOfToken(
  { store, caller, now }: ServiceContext,
  presented: PresentedToken,
): Promise<User> {
  const opened = await openToken(store, presented, now());
  if (opened.outcome === 'ok') return opened.user;
  await store.transaction(caller, async (tx) => appendRefusal(tx, presented, opened));
  throw tokenRefused(presented.kind);
}

/**
 * Uses a token up: `use` makes the change that it is for, in the same transaction, and gives the changed user. Throws
 * `token-refused` for every reason; which one it was is in an event, which is committed before.
 */
export async function useToken(
  { store, caller, now }: ServiceContext,
  presented: PresentedToken,
  use: (tx: Transaction, user: User, token: OneTimeToken) => Promise<User>,
): Promise<User> {
  const used = await store.transaction(caller, async (tx) => {
    const opened = await openToken(tx, presented, now());
    if (opened.outcome === 'ok' && (await tx.tokens.delete(opened.token.id))) {
      return use(tx, opened.user, opened.token);
    }
    appendRefusal(tx, presented, opened.outcome === 'ok' ? { reason: 'unknown-token' } : opened);
    return undefined;
  });
  if (!used) throw tokenRefused(presented.kind);
  return used;
}

async function openToken(
  { tokens, users }: Pick<Repositories, 'tokens' | 'users'>,
  { kind, text }: PresentedToken,
  now: Date,
): Promise<OpenedToken> {
  const hash = secretHash(kind, text);
  const token = hash === undefined ? undefined : await tokens.byHash(kind, hash);
  const refused = (reason: TokenRefusal) =>
    ({ outcome: 'refused', reason, ...(token && { token }) }) as const;
  if (!token) return refused('unknown-token');
  if (!isOpen(token, now)) return refused('token-expired');
  const user = await users.byId(token.userId);
  if (!user || user.deletedAt) return refused('deleted');
  if (kind === 'email' && !isSameEmail(token, user)) return refused('another-address');
  return { outcome: 'ok', token, user };
}

// The id of a token is told and no part of the token itself. One that is not known may be a password typed by mistake.
function appendRefusal(
  tx: Transaction,
  { action }: PresentedToken,
  { reason, token }: { reason: TokenRefusal; token?: OneTimeToken },
): void {
  const detail = { reason, ...(token && { token: token.id }) };
  tx.audit({ action, outcome: 'refused', target: token?.userId ?? null, detail });
}

/** The error of every token that is not valid, whatever the reason. */
const tokenRefused = (kind: TokenKind): AuthctlError =>
  new AuthctlError('token-refused', 'token refused', {
    hint: `it is unknown, has expired or was used; authctl ${kind} issue makes another`,
  });
