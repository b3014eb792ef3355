import { toUserRecord, type User, type UserRecord } from '../../domain/user.ts';
import { identify } from '../../hashing/index.ts';

/** A user as it may be shown at `now`: of the hash, only the scheme. */
export async function toRecord(user: User, now: Date): Promise<UserRecord> {
  const hash = user.passwordHash;
  const scheme = hash === null ? null : ((await identify(hash))?.scheme.id ?? 'unknown');
  return toUserRecord(user, scheme, now);
}
