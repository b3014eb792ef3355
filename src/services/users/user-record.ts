import { toUserRecord, type User, type UserRecord } from '../../domain/user.ts';
import { identify } from '../../hashing/index.ts';

/** What may be told of a user at `now`, with the scheme of the hash and nothing else of it. */
export async function toRecord(user: User, now: Date): Promise<UserRecord> {
  const hash = user.passwordHash;
  const scheme = hash === null ? null : ((await identify(hash))?.scheme.id ?? 'unknown');
  return toUserRecord(user, scheme, now);
}
