import { textsFor } from '../../../hashing/index.ts';
import {
  type DumpWriter,
  type ExportUser,
  type HashText,
  isLeftOut,
  type OnLoss,
  writeEach,
} from '../../writer.ts';
import { dayOf, expiryDay } from '../shadow/writer.ts';

const maxLineLength = 76;

/** A value of the password policy overlay for users who are locked until somebody unlocks them. */
const lockedForGood = '000001010000Z';

/**
 * LDIF (RFC 2849) of `inetOrgPerson` entries for slapadd or ldapadd. A user who may not log in is locked by the password
 * policy overlay: a server without it refuses the entry rather than let them in. One that has it heeds the lock
 * only under a policy with `pwdLockout`, so `!` stands before the hash too, as `usermod --lock` writes it.
 *
 * @param base distinguished name of the entry below which users go
 */
export function ldifWriter(base: string): DumpWriter {
  return {
    id: 'ldif',
    title: 'LDIF of inetOrgPerson entries',
    holds: [
      ...(['username', 'email', 'firstName', 'lastName', 'passwordHash', 'passwordChangedAt'] as const),
      ...(['mustChangePassword', 'disabledAt', 'lockedAt', 'expiresAt'] as const),
    ],
    async *write(users, onLoss) {
      const hashText = await textsFor('ldap');
      yield* writeEach(users, (user) => entry(user, base, hashText, onLoss));
    },
  };
}

function entry(user: ExportUser, base: string, hashText: HashText, onLoss: OnLoss): string | undefined {
  if (isLeftOut(user, onLoss)) return undefined;
  const { username, email, firstName, lastName, passwordHash, status } = user;
  const password = passwordHash === null ? undefined : hashText(passwordHash);
  if (passwordHash !== null && password === undefined) {
    onLoss(user, 'passwordHash', 'LDAP servers cannot verify the hash: no password is right');
  }
  const days = {
    shadowLastChange: dayOf(user.passwordChangedAt),
    shadowExpire: expiryDay(user, onLoss),
  };
  const hasDays = days.shadowLastChange !== '' || days.shadowExpire !== '';
  const attributes: [name: string, value: string | null | undefined][] = [
    ['dn', `uid=${escapeDn(username)},${base}`],
    ['objectClass', 'inetOrgPerson'],
    ['objectClass', hasDays ? 'shadowAccount' : undefined],
    ['uid', username],
    ['cn', [firstName, lastName].filter((name) => name).join(' ') || username],
    ['givenName', firstName],
    ['sn', lastName || username],
    ['mail', email],
    ['userPassword', status === 'active' ? password : password?.replace('}', '}!')],
    ...Object.entries(days),
    ['pwdAccountLockedTime', status === 'active' ? undefined : lockedForGood],
    ['pwdReset', user.mustChangePassword ? 'TRUE' : undefined],
  ];
  return `${attributes.map(([name, value]) => (value ? attributeLine(name, value) : '')).join('')}\n`;
}

/** Escapes what has a meaning in a distinguished name (RFC 4514 section 2.4). */
function escapeDn(value: string): string {
  return value.replace(/[,+"\\<>;=]|^[ #]| $/g, (character) => `\\${character}`);
}

function attributeLine(name: string, value: string): string {
  const isSafe = /^[!-9;=-~][ -~]*$/.test(value) && !value.endsWith(' ') && name !== 'userPassword';
  const line = isSafe ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`;
  let folded = line.slice(0, maxLineLength);
  for (let at = maxLineLength; at < line.length; at += maxLineLength - 1) {
    folded += `\n ${line.slice(at, at + maxLineLength - 1)}`;
  }
  return `${folded}\n`;
}
