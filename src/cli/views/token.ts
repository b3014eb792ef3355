import type { IssuedToken, ListedToken } from '../../services/tokens/tokens.ts';
import type { AddedUser } from '../../services/users/users.ts';
import type { View } from '../render/view.ts';
import { shownTime } from './times.ts';
import { userWithPasswordView } from './user.ts';

/** A token that has just been issued; it is printed only now. */
export const issuedTokenView: View<IssuedToken> = {
  columns: [],
  json: ({ token, expiresAt, user }) => ({
    token,
    expiresAt,
    userId: user.id,
    username: user.username,
    email: user.email,
  }),
};

/** A user who was added, with the password or token that was made; it is printed only now. */
export const addedUserView: View<AddedUser> = {
  columns: [],
  id: ({ user }) => user.id,
  json: (added) => ({
    ...userWithPasswordView.json(added),
    ...(added.invitation && {
      invitation: { token: added.invitation.token, expiresAt: added.invitation.expiresAt },
    }),
  }),
};

/** The message on standard error beside a token that stands alone on standard output. */
export const issuedText = (what: string, { expiresAt }: Pick<IssuedToken, 'expiresAt'>): string =>
  `${what}, good until ${shownTime(expiresAt)}`;

/** A token that has not been used. The token itself is not stored and cannot be shown. */
export const openTokenView: View<ListedToken> = {
  columns: [
    { header: 'USER', value: ({ username }) => username },
    { header: 'ISSUED', value: ({ token }) => shownTime(token.createdAt) },
    { header: 'BY', value: ({ token }) => token.createdBy },
    { header: 'GOOD UNTIL', value: ({ token }) => shownTime(token.expiresAt) },
  ],
  id: ({ token }) => token.userId,
  json: ({ token, username }) => ({
    id: token.id,
    userId: token.userId,
    username,
    createdAt: token.createdAt,
    createdBy: token.createdBy,
    expiresAt: token.expiresAt,
  }),
};

/** A token that was taken back. */
export const revokedTokenView: View<ListedToken> = {
  ...openTokenView,
  json: ({ token, username }) => ({ id: token.id, userId: token.userId, username }),
};
