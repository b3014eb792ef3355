import type { User } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import type { Candidate } from './candidates.ts';
import { existingUsers } from './decisions.ts';

/**
 * Who is in the database already. Where there was nobody when the import began and nobody else has written since,
 * which the head of the audit chain tells, there are only users of this dump: their names have been seen, so nobody
 * need be looked for.
 */
export class Presence {
  /** Number of the newest audit event, as long as all users are of this import; else no number. */
  aloneSince: number | undefined;

  /**
   * Users who have a name or address of the candidates, by `existingUsers`.
   *
   * @param before what is still being written of the batches before in the same transaction; `undefined` at its start
   */
  async of(
    tx: Transaction,
    candidates: readonly Candidate[],
    before: Promise<void> | undefined,
  ): Promise<Map<string, User>> {
    if (!before) {
      const { seq } = await tx.events.head();
      const alone = this.aloneSince === undefined ? await tx.users.isEmpty() : this.aloneSince === seq;
      this.aloneSince = alone ? seq : Number.NaN;
    }
    if (Number.isNaN(this.aloneSince)) {
      await before;
      return existingUsers(tx, candidates);
    }
    // Each user that is created now is an event.
    this.aloneSince = Number(this.aloneSince) + candidates.length;
    return new Map();
  }
}
