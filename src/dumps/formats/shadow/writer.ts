import { textsFor } from '../../../hashing/index.ts';
import {
  type DumpWriter,
  type ExportUser,
  type HashText,
  isLeftOut,
  type OnLoss,
  writeEach,
} from '../../writer.ts';

const dayMs = 86_400_000;

/** What `useradd` writes where nothing is said of ages: none, 99999 days, a warning a week before. */
const ages = '0:99999:7:';

/**
 * shadow(5). A user who may not log in has `!` before the hash, as `usermod --lock` writes it; a user without a password
 * that crypt(3) can verify has `*`, since an empty field would let anyone in.
 */
export const shadowWriter: DumpWriter = {
  id: 'shadow',
  title: '/etc/shadow',
  needsHashes: true,
  holds: [
    'username',
    'passwordHash',
    'passwordChangedAt',
    'mustChangePassword',
    'disabledAt',
    'lockedAt',
    'expiresAt',
  ],
  async *write(users, onLoss) {
    const hashText = await textsFor('crypt');
    yield* writeEach(users, (user) => line(user, hashText, onLoss));
  },
};

function line(user: ExportUser, hashText: HashText, onLoss: OnLoss): string | undefined {
  if (isLeftOut(user, onLoss)) return undefined;
  const { username, passwordHash, mustChangePassword, passwordChangedAt } = user;
  if (/[:\r\n]/.test(username) || /^[+\-#]/.test(username)) {
    onLoss(user, 'username', 'the name cannot be written in shadow', 'left out');
    return undefined;
  }
  const hash = passwordHash === null ? undefined : hashText(passwordHash);
  if (passwordHash !== null && hash === undefined)
    onLoss(user, 'passwordHash', 'crypt(3) cannot verify the hash: no password is right');
  const lock = user.disabledAt !== null || user.locked ? '!' : '';
  const changed = mustChangePassword ? '0' : dayOf(passwordChangedAt);
  return `${username}:${lock}${hash ?? '*'}:${changed}:${ages}:${expiryDay(user, onLoss)}:\n`;
}

/** The day of a time, in days since 1970; nothing for no time. */
export function dayOf(time: string | null): string {
  return time === null ? '' : String(Math.floor(Date.parse(time) / dayMs));
}

/** The day at whose beginning the user expires: the same one, so rather too early than too late. */
export function expiryDay(user: ExportUser, onLoss: OnLoss): string {
  const { expiresAt } = user;
  if (expiresAt === null) return '';
  if (Date.parse(expiresAt) % dayMs !== 0)
    onLoss(user, 'expiresAt', 'only days can be written: brought forward');
  return String(Math.max(1, Number(dayOf(expiresAt))));
}
