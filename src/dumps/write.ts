/** A user as it leaves: the fields that importers know, with times in ISO 8601, and `null` for what is not set. */
export interface ExportUser {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** In its scheme's own encoded form; `null` for a user without a password, or when hashes are not exported. */
  readonly passwordHash: string | null;
  readonly passwordChangedAt: string | null;
  readonly mustChangePassword: boolean;
  /** What holds at the time of the export: anything but `active` keeps the user out. */
  readonly status: 'active' | 'locked' | 'disabled' | 'expired' | 'deleted';
  readonly disabled: boolean;
  readonly locked: boolean;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
  readonly deletedAt: string | null;
}

/**
 * Told of what a user loses because the target cannot hold it. `why` is a sentence without any secret; it says so
 * when the user is left out.
 */
export type OnLoss = (userId: string, field: keyof ExportUser, why: string) => void;

/** Writes users in the format of another system. */
export interface DumpWriter {
  /** What `--format` calls it. */
  readonly id: string;
  readonly title: string;
  /**
   * Fields that the target has a place for. What is in others is lost for all users and not told to `onLoss`, but
   * for a status: nobody who is kept out here is let in there.
   */
  readonly holds: readonly (keyof ExportUser)[];
  write(users: AsyncIterable<readonly ExportUser[]>, onLoss: OnLoss): AsyncIterable<string>;
}

/** Writes users one by one; `undefined` for one who is left out, of which `onLoss` has been told. */
export async function* writeEach(
  users: AsyncIterable<readonly ExportUser[]>,
  write: (user: ExportUser) => string | undefined,
): AsyncGenerator<string> {
  for await (const page of users) {
    const text = page.map((user) => write(user) ?? '').join('');
    if (text !== '') yield text;
  }
}

/** Writes users as the elements of a JSON array, one a line. */
export async function* writeArray(
  users: AsyncIterable<readonly ExportUser[]>,
  write: (user: ExportUser) => unknown,
): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const page of users) {
    let text = '';
    for (const user of page) {
      const value = write(user);
      if (value === undefined) continue;
      text += separator + JSON.stringify(value);
      separator = ',\n';
    }
    if (text !== '') yield text;
  }
  yield separator === ',\n' ? '\n]\n' : '[]\n';
}

/** Leaves a user out who is deleted, since the target would bring them back; tells `onLoss` of it. */
export function isLeftOut(user: ExportUser, onLoss: OnLoss): boolean {
  if (user.status !== 'deleted') return false;
  onLoss(user.id, 'deletedAt', 'the format has no deleted users: left out');
  return true;
}
