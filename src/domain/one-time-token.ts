import { throwsOut } from './session.ts';
import { isSameEmail, type User } from './user.ts';

/** What one-time tokens are for: to set a password without the old one, and to verify an e-mail address. */
export const tokenKinds = ['reset', 'email'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** A secret that was handed out to be used once. Of each kind a user has one at most. */
export interface OneTimeToken {
  /** UUIDv7; no secret. */
  id: string;
  kind: TokenKind;
  userId: string;
  /** The address that the user had when it was made. */
  email: string | null;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date;
}

/** Whether a token can be used at `now`, as far as it is for itself to say. */
export const isOpen = ({ expiresAt }: OneTimeToken, now: Date): boolean => expiresAt > now;

/** Kinds of tokens that a change takes away: another may have them who must not use them any more. */
export function endedTokens(before: User, after: User): readonly TokenKind[] {
  const deleted = after.deletedAt !== null && before.deletedAt === null;
  if (deleted || !isSameEmail(before, after)) return tokenKinds;
  return throwsOut(before, after) ? ['reset'] : [];
}
