import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { UserRecord } from '../../domain/user.ts';
import { findUser, requireNotDeleted, toRecord, writeChange } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import { PolicyService } from '../policies.ts';
import { draftToken, type IssuedToken, issueToken, useToken } from './one-time-tokens.ts';

/** Tokens by which users prove that an e-mail address is theirs. */
export class EmailVerificationService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /**
   * Issues a token for the user's current address; it replaces an unused older one. Throws `user-not-found`,
   * `user-deleted` and `no-email`.
   *
   * @param lifeMs for how many milliseconds it is valid; `undefined` for what the policy says
   */
  async issue(reference: string, lifeMs?: number): Promise<IssuedToken> {
    const { store, caller } = this.#context;
    const policy = await new PolicyService(this.#context).get();
    const now = this.#context.now();
    const draft = draftToken('email', lifeMs ?? policy.emailLifetime, now);
    return store.transaction(caller, async (tx) => {
      const user = await findUser(tx, reference);
      requireNotDeleted(user);
      if (user.email === null) throw noEmail(user.username);
      return issueToken(tx, user, draft, { actor: caller.actor, now });
    });
  }

  /** Marks the address that a token was issued for as verified; the token is then used up. Throws `token-refused`. */
  async verify(text: string): Promise<UserRecord> {
    const presented = { kind: 'email', action: 'email.verify', text } as const;
    const user = await useToken(this.#context, presented, (tx, current, { id }) =>
      writeChange(tx, this.#context, current, {
        action: presented.action,
        change: (_user, at) => ({ emailVerifiedAt: at }),
        detail: { token: id },
      }),
    );
    return toRecord(user, this.#context.now());
  }
}

const noEmail = (username: string) =>
  new AuthctlError('no-email', `user ${quote(username)} has no e-mail address`, {
    hint: 'authctl user set --email gives one',
  });
