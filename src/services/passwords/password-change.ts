import { AuthctlError } from '../../domain/errors.ts';
import { normalizePassword, refuseFaults } from '../../domain/password-policy.ts';
import type { Policy } from '../../domain/policy.ts';
import { quote } from '../../domain/text.ts';
import { passwordTime, type User } from '../../domain/user.ts';
import { identify, matches, newHash, strengthened } from '../../hashing/index.ts';
import type { Store } from '../../store/index.ts';
import type { Change } from '../changes/changes.ts';
import { findFaults, generatePassword } from './checked-passwords.ts';

/** Where a new password comes from: it is given, or authctl makes a random one. */
export type NewPasswordChoice = { kind: 'given'; password: string } | { kind: 'generate' };

/** A new password for a user, which was checked and hashed outside of any transaction. */
export interface NewPassword {
  passwordHash: string;
  /** The password, if authctl made it. */
  generated: string | undefined;
  /** The user for whom it was checked, as it was then. */
  user: User;
  /** Hash of the password that is replaced, for the history of former passwords; a weak one is wrapped. */
  former: string | undefined;
  /** How many hashes the history may have. */
  keep: number;
}

/**
 * Checks a new password against the policy and the user's former passwords, and hashes it. Each former password takes
 * the time of a verification.
 *
 * @param old the password that is replaced, if it is known; it may not be chosen again
 * @throws `invalid-password`
 */
export async function prepareNewPassword(
  store: Pick<Store, 'passwordHistory'>,
  user: User,
  choice: NewPasswordChoice,
  policy: Policy,
  old?: string,
): Promise<NewPassword> {
  const keep = policy.passwordHistory;
  const password =
    choice.kind === 'generate'
      ? await generatePassword(user.username, policy)
      : await checkedPassword(store, user, choice.password, policy, old);
  return {
    passwordHash: await newHash(password, policy),
    generated: choice.kind === 'generate' ? password : undefined,
    user,
    former:
      keep === 0 || user.passwordHash === null ? undefined : await strengthened(user.passwordHash, policy),
    keep,
  };
}

async function checkedPassword(
  { passwordHistory }: Pick<Store, 'passwordHistory'>,
  user: User,
  text: string,
  policy: Policy,
  old: string | undefined,
): Promise<string> {
  const password = normalizePassword(text);
  const faults = await findFaults(password, user.username, policy);
  if (old?.normalize('NFC') === password) faults.push('is the same as before');
  refuseFaults(faults);
  if (policy.passwordHistory > 0) {
    const former = await passwordHistory.ofUser(user.id, policy.passwordHistory);
    if (user.passwordHash !== null) former.unshift(user.passwordHash);
    if (await isOneOf(former, text)) refuseFaults(['was used before']);
  }
  return password;
}

// One after the other: verifying a single hash may take much memory.
async function isOneOf(hashes: readonly string[], password: string): Promise<boolean> {
  for (const text of hashes) {
    const identified = await identify(text);
    if (identified && (await matches(identified.hash, password))) return true;
  }
  return false;
}

/**
 * The change to a new password. When it is applied, it throws `changed-meanwhile` if the user has changed so that the
 * checks of the password may no longer be true.
 */
export function replacing(
  password: NewPassword,
  mustChangePassword: boolean,
  detail: Readonly<Record<string, unknown>> = {},
): Change {
  return {
    action: 'user.passwd',
    detail,
    change: (user, now) => {
      const outdated = outdatedFor(password, user);
      if (outdated) throw outdated;
      const passwordChangedAt = passwordTime(user.passwordChangedAt, now);
      return { passwordHash: password.passwordHash, mustChangePassword, passwordChangedAt };
    },
    alongside: async (tx, { id, passwordChangedAt }) => {
      const { former, keep } = password;
      if (former !== undefined && passwordChangedAt) {
        await tx.passwordHistory.insert(id, former, passwordChangedAt);
      }
      await tx.passwordHistory.trim(id, keep);
    },
  };
}

/** Why a password that was checked before cannot be given to `user` as it is now; `undefined` if it can. */
export function outdatedFor({ user: checked, keep }: NewPassword, user: User): AuthctlError | undefined {
  const name = quote(checked.username);
  if (user.username !== checked.username) return meanwhile(`user ${name} was renamed`);
  const another = user.passwordChangedAt?.getTime() !== checked.passwordChangedAt?.getTime();
  // The new password might equal the one that was set in the meantime, which was not compared.
  return another && keep > 0 ? meanwhile(`the password of user ${name} was changed`) : undefined;
}

const meanwhile = (what: string) =>
  new AuthctlError('changed-meanwhile', `${what} by someone else meanwhile`, { hint: 'repeat the command' });
