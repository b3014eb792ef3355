import { AuthctlError } from '../../domain/errors.ts';
import { normalizePassword, refuseFaults } from '../../domain/password-policy.ts';
import type { Policy } from '../../domain/policy.ts';
import { quote } from '../../domain/text.ts';
import { passwordTime, type User } from '../../domain/user.ts';
import { identify, matches } from '../../hashing/index.ts';
import type { Store } from '../../store/index.ts';
import type { Change } from '../users/change.ts';
import { findFaults, generatePassword } from './passwords.ts';

/** Where a new password comes from: the text, or one made here. */
export type NewPasswordChoice = { kind: 'given'; password: string } | { kind: 'generate' };

/** A new password of one user, checked and hashed outside of any transaction. */
export interface NewPassword {
  passwordHash: string;
  /** The password, where it was made here. */
  generated: string | undefined;
  /** Whose it is to be, as the checks saw the user. */
  user: User;
  /** Hash of the password that it replaces, to be kept so that it is not used again. */
  former: string | undefined;
  /** How many former hashes the user may have. */
  keep: number;
}

/**
 * Checks a new password against the policy and the user's former passwords, and hashes it. It takes a
 * verification for each former password.
 *
 * @param old the password that is to be replaced, where it is known; it may not be chosen again
 * @throws `invalid-password`
 */
export async function prepareNewPassword(
  store: Pick<Store, 'passwordHistory'>,
  user: User,
  choice: NewPasswordChoice,
  policy: Policy,
  old?: string,
): Promise<NewPassword> {
  const { newHash } = await import('../../hashing/new-hash.ts');
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
      keep === 0 || user.passwordHash === null ? undefined : await strongHash(user.passwordHash, policy),
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

// One after the other: hashes may take much memory each.
async function isOneOf(hashes: readonly string[], password: string): Promise<boolean> {
  for (const text of hashes) {
    const identified = await identify(text);
    if (identified && (await matches(identified.hash, password))) return true;
  }
  return false;
}

/** A hash as good as today's of the same password: no weak one is kept. `undefined` where none can be made. */
async function strongHash(text: string, policy: Policy): Promise<string | undefined> {
  const [identified, { isWrappable, wrapHash, wrapProblem }] = await Promise.all([
    identify(text),
    import('../../hashing/wrap.ts'),
  ]);
  if (!identified || identified.hash.problem) return undefined;
  if (!isWrappable(identified)) return text;
  return wrapProblem(identified) ? undefined : wrapHash(identified, policy);
}

/**
 * The change to a new password. When it is made it throws `changed-meanwhile` unless the user still is who the
 * password was checked for.
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

/** Why `user`, as it is now, cannot take a password that was checked for it before. */
export function outdatedFor({ user: checked, keep }: NewPassword, user: User): AuthctlError | undefined {
  const name = quote(checked.username);
  if (user.username !== checked.username) return meanwhile(`user ${name} was renamed`);
  const another = user.passwordChangedAt?.getTime() !== checked.passwordChangedAt?.getTime();
  // It may be the one that has just become a former one.
  return another && keep > 0 ? meanwhile(`the password of user ${name} was changed`) : undefined;
}

const meanwhile = (what: string) =>
  new AuthctlError('changed-meanwhile', `${what} by someone else meanwhile`, { hint: 'repeat the command' });
