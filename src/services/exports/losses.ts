import type { ExportUser, OnLoss } from '../../dumps/index.ts';

/** Something about users that a format cannot hold, with the number of users who lose it. */
export interface Loss {
  field: string;
  reason: string;
  /** How many users lose it. */
  count: number;
  firstUser: string;
}

/** Fields that follow from others: they are not counted as lost by themselves. */
const derived: ReadonlySet<keyof ExportUser> = new Set(['status', 'locked']);

const keptBack = 'left out without --with-hashes';

/** Counts what an export loses, by field and reason: nobody would read a line for each user. */
export class LossTally {
  readonly #unheld: readonly (keyof ExportUser)[];
  readonly #noPlace: string;
  readonly #losses = new Map<string, Loss>();
  /** Losses that were counted for users of the current page. */
  #told = new Set<string>();
  #leftOut = new Set<ExportUser>();
  #leftOutCount = 0;

  /**
   * @param fields all fields of a user
   * @param holds the fields that the format has a place for
   * @param format id of the format
   */
  constructor(
    fields: readonly (keyof ExportUser)[],
    { holds, format }: { holds: readonly (keyof ExportUser)[]; format: string },
  ) {
    this.#unheld = fields.filter((field) => !holds.includes(field) && !derived.has(field));
    this.#noPlace = `${format} has no place for it`;
  }

  get losses(): Loss[] {
    return [...this.#losses.values()];
  }

  /** How many users are not in the dump at all. */
  get leftOut(): number {
    return this.#leftOutCount;
  }

  /** Called by the writer of the format for each value that it cannot write. */
  readonly onLoss: OnLoss = (user, field, why, leftOut) => {
    this.add(user, field, leftOut ? `${why}: ${leftOut}` : why);
    this.#told.add(`${user.id} ${field}`);
    if (leftOut) this.#leftOut.add(user);
  };

  /** Counts one more user who loses `field` for `reason`. */
  add({ username }: Pick<ExportUser, 'username'>, field: keyof ExportUser, reason: string): void {
    const key = `${field} ${reason}`;
    const loss = this.#losses.get(key);
    if (loss) loss.count += 1;
    else this.#losses.set(key, { field, reason, count: 1, firstUser: username });
  }

  /**
   * Counts the fields that the format has no place for, after its writer has had `users`. `withoutHash` are the users
   * whose hash was left out.
   */
  endPage(users: readonly ExportUser[], withoutHash: readonly ExportUser[]): void {
    const isIn = (user: ExportUser) => !this.#leftOut.has(user);
    for (const user of withoutHash.filter(isIn)) this.add(user, 'passwordHash', keptBack);
    for (const user of this.#unheld.length === 0 ? [] : users.filter(isIn)) {
      for (const field of this.#unheld) {
        const isEmpty = user[field] === null || user[field] === false || user[field] === 0;
        if (!isEmpty && !this.#told.has(`${user.id} ${field}`)) this.add(user, field, this.#noPlace);
      }
    }
    this.#leftOutCount += this.#leftOut.size;
    this.#told = new Set();
    this.#leftOut = new Set();
  }
}
