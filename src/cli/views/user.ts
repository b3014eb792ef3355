import type { UserRecord, UserStatus } from '../../domain/user.ts';
import type { Column, Tone, View } from '../render/view.ts';
import { shownTime } from './times.ts';

const tones: Record<UserStatus, Tone> = {
  active: 'good',
  locked: 'bad',
  disabled: 'warn',
  expired: 'warn',
  deleted: 'dim',
};

const status: Column<UserRecord> = {
  header: 'STATUS',
  value: (user) => user.status,
  tone: (user) => tones[user.status],
};

const plain = (header: string, value: (user: UserRecord) => string): Column<UserRecord> => ({
  header,
  value,
});

/** A user. Of the password hash, only the scheme is shown. */
export const userView: View<UserRecord> = {
  columns: [
    plain('USERNAME', (user) => user.username),
    status,
    plain('EMAIL', (user) => user.email ?? ''),
    plain('NAME', nameText),
    plain('LAST LOGIN', (user) => shownTime(user.lastLoginAt)),
    plain('CREATED', (user) => shownTime(user.createdAt)),
  ],
  details: [
    plain('Username', (user) => user.username),
    { ...status, header: 'Status' },
    plain('Id', (user) => user.id),
    plain('E-mail', emailText),
    plain('First name', (user) => user.firstName ?? '-'),
    plain('Last name', (user) => user.lastName ?? '-'),
    plain('Locked', (user) => lockText(user)),
    plain('Failed logins', (user) => String(user.failedAttempts)),
    plain('Password', (user) => passwordText(user)),
    plain('Expires', (user) => shownTime(user.expiresAt) || 'never'),
    plain('Last login', (user) => shownTime(user.lastLoginAt) || 'never'),
    plain('Created', (user) => `${shownTime(user.createdAt)} by ${user.createdBy}`),
    plain('Updated', (user) => `${shownTime(user.updatedAt)} by ${user.updatedBy}`),
    plain('Deleted', (user) => deletionText(user) || 'no'),
    plain('Version', (user) => String(user.version)),
  ],
  id: (user) => user.id,
  json: (user) => ({
    id: user.id,
    username: user.username,
    email: user.email,
    emailVerifiedAt: user.emailVerifiedAt,
    firstName: user.firstName,
    lastName: user.lastName,
    status: user.status,
    lockedUntil: user.lockedUntil,
    lockReason: user.lockReason,
    failedAttempts: user.failedAttempts,
    mustChangePassword: user.mustChangePassword,
    passwordScheme: user.passwordScheme,
    passwordChangedAt: user.passwordChangedAt,
    expiresAt: user.expiresAt,
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt,
    createdBy: user.createdBy,
    updatedAt: user.updatedAt,
    updatedBy: user.updatedBy,
    deletedAt: user.deletedAt,
    deletedBy: user.deletedBy,
    version: user.version,
  }),
};

/** A user in a list of deleted users. */
export const deletedUserView: View<UserRecord> = {
  ...userView,
  columns: [
    plain('USERNAME', (user) => user.username),
    plain('EMAIL', (user) => user.email ?? ''),
    plain('NAME', nameText),
    plain('DELETED', deletionText),
  ],
};

/** What is left of a user who was purged. */
export const purgedView: View<{ id: string; username: string }> = {
  columns: [],
  id: ({ id }) => id,
  json: ({ id, username }) => ({ id, username, purged: true }),
};

function nameText(user: UserRecord): string {
  return [user.firstName, user.lastName].filter(Boolean).join(' ');
}

function deletionText({ deletedAt, deletedBy }: UserRecord): string {
  return deletedAt ? `${shownTime(deletedAt)}${deletedBy === null ? '' : ` by ${deletedBy}`}` : '';
}

function emailText({ email, emailVerifiedAt }: UserRecord): string {
  if (email === null) return '-';
  return `${email} (${emailVerifiedAt ? `verified ${shownTime(emailVerifiedAt)}` : 'not verified'})`;
}

function lockText(user: UserRecord): string {
  if (!user.lockedAt) return 'no';
  const until = user.lockedUntil ? `until ${shownTime(user.lockedUntil)}` : 'until unlocked';
  return user.lockReason ? `${until} (${user.lockReason})` : until;
}

function passwordText(user: UserRecord): string {
  if (user.passwordScheme === null) return 'none';
  const changed = user.passwordChangedAt ? `, set ${shownTime(user.passwordChangedAt)}` : '';
  return `${user.passwordScheme}${changed}${user.mustChangePassword ? ', must be changed at next login' : ''}`;
}

/** A user with the password that authctl has made; it is printed only now. */
export const userWithPasswordView: View<{ user: UserRecord; generated: string | undefined }> = {
  columns: [],
  id: ({ user }) => user.id,
  json: ({ user, generated }) => ({
    ...userView.json(user),
    ...(generated !== undefined && { generatedPassword: generated }),
  }),
};

/** What is said about a password that authctl has made, behind the message. */
export const generatedText = ({
  user,
  generated,
}: {
  user: UserRecord;
  generated: string | undefined;
}): string =>
  generated !== undefined && user.mustChangePassword
    ? '; the password must be changed at the next login'
    : '';
