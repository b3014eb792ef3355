import { textsFor } from '../../../hashing/index.ts';
import {
  type DumpWriter,
  type ExportUser,
  type HashText,
  isLeftOut,
  type OnLoss,
  writeEach,
} from '../../writer.ts';

/** Longest name that htpasswd(1) takes, in bytes. */
const maxNameBytes = 255;

/** Apache's password file. It holds nothing but names and hashes, so users who may not log in are left out. */
export const htpasswdWriter: DumpWriter = {
  id: 'htpasswd',
  title: 'htpasswd of Apache or nginx',
  needsHashes: true,
  holds: ['username', 'passwordHash'],
  async *write(users, onLoss) {
    const hashText = await textsFor('apache');
    yield* writeEach(users, (user) => line(user, hashText, onLoss));
  },
};

function line(user: ExportUser, hashText: HashText, onLoss: OnLoss): string | undefined {
  if (isLeftOut(user, onLoss)) return undefined;
  const hash = user.passwordHash === null ? undefined : hashText(user.passwordHash);
  const lost = loss(user, hash);
  if (lost === undefined) return `${user.username}:${hash}\n`;
  onLoss(user, lost[0], lost[1], 'left out');
  return undefined;
}

function loss(
  { username, passwordHash, status }: ExportUser,
  hash: string | undefined,
): [field: keyof ExportUser, why: string] | undefined {
  if (status !== 'active') return ['status', `htpasswd cannot say that a user is ${status}`];
  if (/[:\r\n]/.test(username) || username.startsWith('#') || Buffer.byteLength(username) > maxNameBytes) {
    return ['username', 'the name cannot be written in htpasswd'];
  }
  if (passwordHash === null) return ['passwordHash', 'the user has no password'];
  return hash === undefined ? ['passwordHash', 'Apache cannot verify the hash'] : undefined;
}
