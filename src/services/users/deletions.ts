import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { UserRecord } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import { type Change, changeUser, findUser } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';

/** The end of an account: first it is deleted, which can be undone, then purged, which cannot. */
export class UserDeletionService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Deletes a user: nobody can log in as it, and its name stays taken. Deleting it again changes nothing. */
  async delete(reference: string, version?: number): Promise<UserRecord> {
    const change = deleting(this.#context.caller.actor);
    return changeUser(this.#context, reference, change, { version, evenDeleted: true });
  }

  /** Undoes a deletion: the user is as it was before. */
  async restore(reference: string): Promise<UserRecord> {
    const change: Change = {
      action: 'user.restore',
      change: () => ({ deletedAt: null, deletedBy: null }),
    };
    return changeUser(this.#context, reference, change, { evenDeleted: true });
  }

  /**
   * Removes a deleted user and everything stored about it for good; only the id stays, in audit events. The name is
   * free again. Throws `user-not-found` and `user-not-deleted`.
   */
  async purge(reference: string): Promise<{ id: string; username: string }> {
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      const { id, username, deletedAt } = await findUser(tx, reference);
      if (!deletedAt) throw userNotDeleted(username);
      await purgeUser(tx, id);
      tx.audit({ action: 'user.purge', target: id });
      return { id, username };
    });
  }
}

/** The change that deletes a user, on behalf of `actor`. */
export const deleting = (actor: string): Change => ({
  action: 'user.delete',
  change: (user, now) => ({
    deletedAt: user.deletedAt ?? now,
    deletedBy: user.deletedAt ? user.deletedBy : actor,
  }),
});

export const userNotDeleted = (username: string): AuthctlError =>
  new AuthctlError('user-not-deleted', `user ${quote(username)} is not deleted`, {
    hint: 'only deleted users are purged: authctl user delete comes first',
  });

/** Removes a user and its rows in all tables. */
async function purgeUser(tx: Transaction, id: string): Promise<void> {
  await tx.attempts.deleteOfUser(id);
  await tx.passwordHistory.deleteOfUser(id);
  await tx.sessions.deleteOfUser(id);
  await tx.tokens.deleteOfUser(id);
  await tx.users.delete(id);
}
