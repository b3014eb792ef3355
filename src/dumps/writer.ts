/** A user as it leaves, with all that is stored: times in ISO 8601 UTC, and `null` for what is not set. */
export interface ExportUser {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly emailVerifiedAt: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** In its scheme's own encoded form; `null` for a user without a password, or when hashes are not exported. */
  readonly passwordHash: string | null;
  readonly passwordChangedAt: string | null;
  readonly mustChangePassword: boolean;
  /** What holds at the time of the export: anything but `active` keeps the user out. */
  readonly status: 'active' | 'locked' | 'disabled' | 'expired' | 'deleted';
  /** Whether a lock stands at the time of the export, whatever the status says first. */
  readonly locked: boolean;
  readonly disabledAt: string | null;
  readonly lockedAt: string | null;
  readonly lockedUntil: string | null;
  readonly lockReason: string | null;
  readonly lockKind: string | null;
  readonly failedAttempts: number;
  readonly consecutiveFailures: number;
  readonly expiresAt: string | null;
  readonly lastLoginAt: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly deletedAt: string | null;
  readonly deletedBy: string | null;
  readonly version: number;
}

/**
 * Told of what a user loses because the target cannot hold it, or with `leftOut` that the user is not in the dump
 * at all. `why` is a sentence without any secret, and the same for all whom it is true of.
 */
export type OnLoss = (user: ExportUser, field: keyof ExportUser, why: string, leftOut?: 'left out') => void;

/** Gives a stored hash as the target spells it; `undefined` where it cannot verify the hash. */
export type HashText = (stored: string) => string | undefined;

/** Writes users in the format of another system. */
export interface DumpWriter {
  /** What `--format` calls it. */
  readonly id: string;
  readonly title: string;
  /** Without hashes there is nothing in it that anyone wants. */
  readonly needsHashes?: true;
  /**
   * Fields that the target has a place for. What is in others is lost for all users and not told to `onLoss`, but
   * for a status: nobody who is kept out here is let in there.
   */
  readonly holds: readonly (keyof ExportUser)[];
  write(users: AsyncIterable<readonly ExportUser[]>, onLoss: OnLoss): AsyncIterable<string>;
}

/**
 * Characters of text that are given on at once. A page's in one piece would be memory that the system has to give
 * anew each time, which takes a quarter of an export.
 */
const pieceLength = 65_536;

/** Writes users one by one; `undefined` for one who is left out, of which `onLoss` has been told. */
export async function* writeEach(
  users: AsyncIterable<readonly ExportUser[]>,
  write: (user: ExportUser) => string | undefined,
): AsyncGenerator<string> {
  for await (const page of users) {
    let text = '';
    for (const user of page) {
      text += write(user) ?? '';
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
}

/** Writes users as the elements of a JSON array, one a line. */
export async function* writeArray(
  users: AsyncIterable<readonly ExportUser[]>,
  write: (user: ExportUser) => unknown,
): AsyncGenerator<string> {
  let separator = '[\n';
  yield* writeEach(users, (user) => {
    const value = write(user);
    if (value === undefined) return undefined;
    const element = separator + JSON.stringify(value);
    separator = ',\n';
    return element;
  });
  yield separator === ',\n' ? '\n]\n' : '[]\n';
}

/** Leaves a user out who is deleted, since the target would bring them back; tells `onLoss` of it. */
export function isLeftOut(user: ExportUser, onLoss: OnLoss): boolean {
  if (user.status !== 'deleted') return false;
  onLoss(user, 'deletedAt', 'the format has no deleted users', 'left out');
  return true;
}
