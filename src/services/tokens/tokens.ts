// The door of the one-time tokens. A name that is imported from here loads its own file alone.
export { EmailVerificationService } from './email-verifications.ts';
export { draftToken, type IssuedToken, issueToken } from './one-time-tokens.ts';
export { type ListedToken, ResetService } from './resets.ts';
