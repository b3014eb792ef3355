import { throwsOut } from './session.ts';
import { isSameEmail, type User } from './user.ts';

/** What one-time tokens are for: to set a password without the old one, and to verify an e-mail address. */
export const tokenKinds = ['reset', 'email'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** A token that can be used once. A user has at most one of each kind. */
export interface OneTimeToken {
  /** UUIDv7; may be shown, since nothing can be done with it alone. */
  id: string;
  kind: TokenKind;
  userId: string;
  /** The user's e-mail address when the token was issued. */
  email: string | null;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date;
}

/** Whether a token has not expired at `now`; whether its user may use it is checked elsewhere. */
export const isOpen = ({ expiresAt }: OneTimeToken, now: Date): boolean => expiresAt > now;

/** The kinds of a user's tokens that end with a change, since somebody else may have them. */
export function endedTokens(before: User, after: User): readonly TokenKind[] {
  const deleted = after.deletedAt !== null && before.deletedAt === null;
  if (deleted || !isSameEmail(before, after)) return tokenKinds;
  return throwsOut(before, after) ? ['reset'] : [];
}
