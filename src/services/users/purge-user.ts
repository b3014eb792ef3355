import type { Transaction } from '../../store/index.ts';

/** Removes a user and every row of the user's; each table that has some is one line. */
export async function purgeUser(tx: Transaction, id: string): Promise<void> {
  await tx.attempts.deleteOfUser(id);
  await tx.passwordHistory.deleteOfUser(id);
  await tx.sessions.deleteOfUser(id);
  await tx.tokens.deleteOfUser(id);
  await tx.users.delete(id);
}
