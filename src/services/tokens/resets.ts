import { AuthctlError } from '../../domain/errors.ts';
import { openLockout } from '../../domain/lockout.ts';
import { isOpen, type OneTimeToken } from '../../domain/one-time-token.ts';
import { quote } from '../../domain/text.ts';
import type { User, UserRecord } from '../../domain/user.ts';
import { type Change, findUser, requireNotDeleted, toRecord, writeChange } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import { type NewPassword, prepareNewPassword, replacing } from '../passwords/passwords.ts';
import { PolicyService } from '../policies.ts';
import { draftToken, type IssuedToken, issueToken, userOfToken, useToken } from './one-time-tokens.ts';

export type { IssuedToken } from './one-time-tokens.ts';

/** An unused token with the name of its user. */
export interface ListedToken {
  token: OneTimeToken;
  username: string;
}

/** How many rows one query of `list` reads. */
const pageSize = 500;

/** Tokens by which users set a password without knowing the old one. */
export class ResetService {
  readonly #context: ServiceContext;
  readonly #policies: PolicyService;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#policies = new PolicyService(context);
  }

  /**
   * Issues a token to a user; it replaces an unused older one. Throws `user-not-found` and `user-deleted`.
   *
   * @param lifeMs for how many milliseconds it is valid; `undefined` for what the policy says
   */
  async issue(reference: string, lifeMs?: number): Promise<IssuedToken> {
    const { store, caller } = this.#context;
    const policy = await this.#policies.get();
    const now = this.#context.now();
    const draft = draftToken('reset', lifeMs ?? policy.resetLifetime, now);
    return store.transaction(caller, async (tx) => {
      const user = await findUser(tx, reference);
      requireNotDeleted(user);
      return issueToken(tx, user, draft, { actor: caller.actor, now });
    });
  }

  /**
   * Sets a password with a token, which is then used up. If the policy refuses the password, the token stays valid.
   * Throws `token-refused` and `invalid-password`.
   */
  async redeem(text: string, password: string): Promise<UserRecord> {
    const context = this.#context;
    const policy = await this.#policies.get();
    const presented = { kind: 'reset', action: 'reset.redeem', text } as const;
    const found = await userOfToken(context, presented);
    const prepared = await prepareNewPassword(context.store, found, { kind: 'given', password }, policy);
    const user = await useToken(context, presented, (tx, current, token) =>
      writeChange(tx, context, current, redeeming(prepared, token)),
    );
    return toRecord(user, context.now());
  }

  /** The unused tokens, oldest first, in pages. */
  async *list(): AsyncGenerator<ListedToken[]> {
    const { store } = this.#context;
    const now = this.#context.now();
    for (let after: string | undefined; ; ) {
      const tokens: OneTimeToken[] = await store.tokens.page('reset', { after, limit: pageSize }, now);
      const names = await store.users.usernames(tokens.map(({ userId }) => userId));
      if (tokens.length > 0) {
        yield tokens.map((token) => ({ token, username: names.get(token.userId) ?? token.userId }));
      }
      if (tokens.length < pageSize) return;
      after = tokens.at(-1)?.id;
    }
  }

  /** Revokes the token of a user. Throws `user-not-found` and `token-not-found`. */
  async revoke(reference: string): Promise<ListedToken> {
    const now = this.#context.now();
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      const { id, username } = await findUser(tx, reference);
      const token = await tx.tokens.ofUser('reset', id);
      if (!token || !isOpen(token, now)) throw tokenNotFound(username);
      await tx.tokens.delete(token.id);
      tx.audit({ action: 'reset.revoke', target: id, detail: { token: token.id } });
      return { token, username };
    });
  }
}

/** The change to a new password by a token. It ends a lock by failed logins, but not one by an administrator. */
function redeeming(password: NewPassword, token: OneTimeToken): Change {
  const { change, ...replacement } = replacing(password, false, { token: token.id });
  return {
    ...replacement,
    action: 'reset.redeem',
    change: (user, now) => ({ ...change(user, now), ...unlocked(user) }),
  };
}

function unlocked({ lockout: { lock }, lockedAt }: User): Pick<User, 'lockout' | 'lockedAt'> {
  if (!lock || lock.kind === 'automatic') return { lockout: openLockout, lockedAt: null };
  return { lockout: { ...openLockout, lock }, lockedAt };
}

const tokenNotFound = (username: string) =>
  new AuthctlError('token-not-found', `user ${quote(username)} has no token to reset the password with`);
