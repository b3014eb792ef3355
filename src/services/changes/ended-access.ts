import { endedTokens } from '../../domain/one-time-token.ts';
import { endsSessions } from '../../domain/session.ts';
import type { User } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';

/** Ends the sessions and tokens that do not survive a change of a user; gives the details of that for its event. */
export async function endAccess(
  tx: Transaction,
  before: User,
  after: User,
  now: Date,
): Promise<{ endedSessions?: number }> {
  const kinds = endedTokens(before, after);
  if (kinds.length > 0) await tx.tokens.deleteOfUser(after.id, kinds);
  if (!endsSessions(before, after, now)) return {};
  const endedSessions = await tx.sessions.deleteOfUser(after.id);
  return endedSessions === 0 ? {} : { endedSessions };
}
