import { newId } from '../../domain/id.ts';
import { openLockout } from '../../domain/lockout.ts';
import type { Policy } from '../../domain/policy.ts';
import type { User, UserRecord } from '../../domain/user.ts';
import { parseUsername } from '../../domain/username.ts';
import type { UserFilter, UserSortField } from '../../store/index.ts';
import { changeUser, findUser, requireFreeIdentity, toRecord } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import {
  generatePassword,
  hashNewPassword,
  type NewPasswordChoice,
  prepareNewPassword,
  replacing,
} from '../passwords/passwords.ts';
import { PolicyService } from '../policies.ts';
import { draftToken, type IssuedToken, issueToken } from '../tokens/tokens.ts';
import { givenFields, personalData, setting, type UserChanges, usernameRules } from './user-fields.ts';

export type { UserStatus } from '../../domain/user.ts';
export { userSortFields } from '../../store/index.ts';
export {
  BulkChangeService,
  type BulkReport,
  type BulkRequest,
  type BulkUserChanges,
} from './bulk-changes.ts';
export { UserDeletionService, userNotDeleted } from './deletions.ts';
export {
  type Explanation,
  type FailedAttempt,
  type LoginAspect,
  UserExplanationService,
} from './explanations.ts';
export { type LockEnd, UserStateService } from './states.ts';
export { givenFields, type UserChanges, usernameRules } from './user-fields.ts';

/** Where the password of a new user comes from: it is given, authctl makes one, or there is none. */
export type PasswordChoice = NewPasswordChoice | { kind: 'none' };

/** A user to be added. */
export interface NewUser {
  username: string;
  email?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  /** If not given, a password that authctl makes must be changed, and no other. */
  mustChangePassword?: boolean | undefined;
  disabled?: boolean;
  password: PasswordChoice;
  /** Issues a token to set the first password with; it is valid for `lifeMs` milliseconds, or as the policy says. */
  invitation?: { lifeMs: number | undefined } | undefined;
}

/** A user who has just been added, with the secrets that can be shown only now. */
export interface AddedUser {
  user: UserRecord;
  /** The password, if authctl made it. */
  generated: string | undefined;
  invitation: IssuedToken | undefined;
}

/** Which users to list, and in which order. */
export interface UserListing extends UserFilter {
  /** By username, where nothing is said. */
  sort?: UserSortField;
  descending?: boolean;
  /** Username, e-mail address or id of the user after whom the list begins. */
  after?: string;
  limit?: number;
}

/** How many rows one query of `list` reads. */
const pageSize = 500;

/** Users and their data. */
export class UserService {
  readonly #context: ServiceContext;
  readonly #policies: PolicyService;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#policies = new PolicyService(context);
  }

  /** Adds a user. */
  async add(input: NewUser): Promise<AddedUser> {
    const { store, caller, now } = this.#context;
    const policy = await this.#policies.get();
    const at = now();
    const username = parseUsername(input.username, usernameRules(policy));
    const { generated, ...password } = await this.#password(input.password, username, policy, at);
    const user: User = {
      id: newId(),
      username,
      ...personalData(input),
      emailVerifiedAt: null,
      ...password,
      mustChangePassword: input.mustChangePassword ?? input.password.kind === 'generate',
      disabledAt: input.disabled ? at : null,
      lockedAt: null,
      lockout: openLockout,
      expiresAt: null,
      lastLoginAt: null,
      createdAt: at,
      createdBy: caller.actor,
      updatedAt: at,
      updatedBy: caller.actor,
      deletedAt: null,
      deletedBy: null,
      version: 1,
    };
    const draft =
      input.invitation && draftToken('reset', input.invitation.lifeMs ?? policy.inviteLifetime, at);
    const invitation = await store.transaction(caller, async (tx) => {
      await requireFreeIdentity(tx, user);
      await tx.users.insert(user);
      tx.audit({ action: 'user.add', target: user.id, detail: { fields: givenFields(user) } });
      return draft && issueToken(tx, user, draft, { actor: caller.actor, now: at });
    });
    return { user: await toRecord(user, now()), generated, invitation };
  }

  async #password(choice: PasswordChoice, username: string, policy: Policy, at: Date) {
    if (choice.kind === 'none') return { passwordHash: null, passwordChangedAt: null, generated: undefined };
    const password = choice.kind === 'given' ? choice.password : await generatePassword(username, policy);
    return {
      passwordHash: await hashNewPassword(password, username, policy),
      passwordChangedAt: at,
      generated: choice.kind === 'generate' ? password : undefined,
    };
  }

  /** Throws `user-not-found`. */
  async show(reference: string): Promise<UserRecord> {
    return toRecord(await findUser(this.#context.store, reference), this.#context.now());
  }

  /** The users that match, in pages. */
  async *list(listing: UserListing = {}): AsyncGenerator<UserRecord[]> {
    const { store, now } = this.#context;
    const at = now();
    let after = listing.after === undefined ? undefined : await findUser(store, listing.after);
    let rest = listing.limit ?? Number.POSITIVE_INFINITY;
    while (rest > 0) {
      const limit = Math.min(pageSize, rest);
      const { sort = 'username', descending = false } = listing;
      const users = await store.users.page(listing, { sort, descending, after, limit }, at);
      if (users.length > 0) yield await Promise.all(users.map((user) => toRecord(user, at)));
      if (users.length < limit) return;
      after = users.at(-1);
      rest -= users.length;
    }
  }

  count(filter: UserFilter = {}): Promise<number> {
    return this.#context.store.users.count(filter, this.#context.now());
  }

  /**
   * Sets fields of a user. Throws `user-not-found`, `user-exists`, `email-exists`, `changed-meanwhile` if the user does
   * not have `version`, and what `setting` throws.
   */
  async set(reference: string, changes: UserChanges, version?: number): Promise<UserRecord> {
    const policy = await this.#policies.get();
    return changeUser(this.#context, reference, setting(changes, policy), { version });
  }

  /**
   * Gives a user a new password; a lock stays as it is. Throws `invalid-password`, and `changed-meanwhile` if somebody
   * else has changed the password first.
   *
   * @param mustChange whether the user must change it; if `undefined`, only one that authctl makes must be changed
   */
  async setPassword(
    reference: string,
    choice: NewPasswordChoice,
    mustChange?: boolean,
  ): Promise<{ user: UserRecord; generated: string | undefined }> {
    const { store } = this.#context;
    const policy = await this.#policies.get();
    const found = await findUser(store, reference);
    const password = await prepareNewPassword(store, found, choice, policy);
    const user = await changeUser(
      this.#context,
      found.id,
      replacing(password, mustChange ?? choice.kind === 'generate'),
    );
    return { user, generated: password.generated };
  }
}
