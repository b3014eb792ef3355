import type { ExportUser, OnLoss } from '../../dumps/writer.ts';

/** What a format could not take along. */
export interface Loss {
  field: string;
  reason: string;
  /** Users whom it is true of. */
  count: number;
  firstUser: string;
}

/** Fields that follow from others, and are lost only with them. */
const derived: ReadonlySet<keyof ExportUser> = new Set(['status', 'locked']);

const keptBack = 'left out without --with-hashes';

/** Adds up what an export loses: by field and reason, since a line for each user would be read by nobody. */
export class LossTally {
  readonly #unheld: readonly (keyof ExportUser)[];
  readonly #noPlace: string;
  readonly #losses = new Map<string, Loss>();
  /** What is told of the users of one page. */
  #told = new Set<string>();
  #leftOut = new Set<ExportUser>();
  #leftOutCount = 0;

  /**
   * @param fields all that a user has
   * @param holds those of them that the format has a place for
   * @param format what it is called
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

  /** Users who are not in the dump. */
  get leftOut(): number {
    return this.#leftOutCount;
  }

  /** Takes what the format itself tells. */
  readonly onLoss: OnLoss = (user, field, why, leftOut) => {
    this.add(user, field, leftOut ? `${why}: ${leftOut}` : why);
    this.#told.add(`${user.id} ${field}`);
    if (leftOut) this.#leftOut.add(user);
  };

  /** Counts one user of those who lose `field` for `reason`. */
  add({ username }: Pick<ExportUser, 'username'>, field: keyof ExportUser, reason: string): void {
    const key = `${field} ${reason}`;
    const loss = this.#losses.get(key);
    if (loss) loss.count += 1;
    else this.#losses.set(key, { field, reason, count: 1, firstUser: username });
  }

  /**
   * Counts the fields without a place, of users whom the format has been given and has told of; `withoutHash` are
   * those whose hash was kept back.
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
