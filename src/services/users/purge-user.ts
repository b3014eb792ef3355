import type { Transaction } from '../../store/index.ts';

/** Removes a user and its rows in all tables. */
export async function purgeUser(tx: Transaction, id: string): Promise<void> {
  await tx.attempts.deleteOfUser(id);
  await tx.passwordHistory.deleteOfUser(id);
  await tx.sessions.deleteOfUser(id);
  await tx.tokens.deleteOfUser(id);
  await tx.users.delete(id);
}
