import type { User } from '../../domain/user.ts';
import { identityKey } from '../../domain/username.ts';
import type { Repositories, Transaction } from '../../store/index.ts';
import type { Candidate } from './candidate.ts';

/** Users of the database by every key they hold, ids with a colon in front: no name has that. */
export type UsersByKey = Map<string, User>;

/** The users of the database who hold a name, an address or an id of the candidates. */
export async function existingUsers(
  { users }: Pick<Repositories, 'users'>,
  candidates: readonly Candidate[],
): Promise<UsersByKey> {
  const keys = candidates.flatMap(({ user }) => [
    user.username,
    ...(user.email === null ? [] : [user.email]),
  ]);
  const ids = candidates.flatMap(({ user }) => user.id ?? []);
  const found: UsersByKey = new Map();
  const holders = await users.byKeys([...new Set(keys.map(identityKey))]);
  for (const user of [...holders, ...(await users.byIds(ids))]) {
    found.set(`:${user.id}`, user);
    found.set(identityKey(user.username), user);
    if (user.email !== null) found.set(identityKey(user.email), user);
  }
  return found;
}

/**
 * Whether the database holds users who are not of this import. It does not if it was empty when the import began and
 * nobody else has written since, which the number of the newest audit event tells.
 */
export type OtherUsers = { kind: 'unknown' } | { kind: 'none'; newestEvent: number } | { kind: 'some' };

/** Asked once at the start of each transaction. */
export async function otherUsers(tx: Transaction, before: OtherUsers): Promise<OtherUsers> {
  if (before.kind === 'some') return before;
  const { seq } = await tx.events.head();
  const none = before.kind === 'unknown' ? await tx.users.isEmpty() : before.newestEvent === seq;
  return none ? { kind: 'none', newestEvent: seq } : { kind: 'some' };
}
