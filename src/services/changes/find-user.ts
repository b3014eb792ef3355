import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { User } from '../../domain/user.ts';
import { identityKey, isUserId } from '../../domain/username.ts';
import { emailExists, type Repositories, userExists } from '../../store/index.ts';

type Users = Pick<Repositories, 'users'>;

/** Finds a user as administrators name it: by id, username or e-mail address. Throws `user-not-found`. */
export async function findUser({ users }: Users, reference: string): Promise<User> {
  const user = isUserId(reference)
    ? await users.byId(reference)
    : ((await users.byUsername(reference)) ?? (await users.byEmail(reference)));
  if (!user) {
    throw new AuthctlError('user-not-found', `there is no user ${quote(reference)}`, {
      hint: 'authctl user list --search TEXT finds users',
    });
  }
  return user;
}

/**
 * Throws `user-exists` or `email-exists` if another user, also a deleted one, has the username or e-mail address of
 * `user` as its username or e-mail address. Call it in a writing transaction, so that the answer stays true.
 */
export async function requireFreeIdentity({ users }: Users, user: User): Promise<void> {
  const name = identityKey(user.username);
  const email = user.email === null ? undefined : identityKey(user.email);
  const others = await users.byKeys(email === undefined ? [name] : [name, email]);
  for (const other of others) {
    if (other.id === user.id) continue;
    const theirs = [other.username, other.email ?? ''].map(identityKey);
    throw theirs.includes(name) ? userExists(user.username) : emailExists(user.email ?? '');
  }
}
