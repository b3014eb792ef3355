import { AuthctlError } from './errors.ts';
import type { Policy } from './policy.ts';
import { codePoints } from './text.ts';
import { identityKey } from './username.ts';

/** What the policy compares a new password with. */
export interface PasswordContext {
  username: string;
  /** Common passwords, in lower case. */
  common: ReadonlySet<string>;
}

/** A password in the form in which it is hashed, NFC. Throws `invalid-password` if it is empty or has a NUL character. */
export function normalizePassword(text: string): string {
  if (text === '') throw new AuthctlError('invalid-password', 'the password is empty');
  if (text.includes('\0')) throw new AuthctlError('invalid-password', 'the password holds a NUL character');
  return text.normalize('NFC');
}

/** Each rule of the policy that a normalised password breaks, in words; none when the password may be used. */
export function passwordFaults(password: string, policy: Policy, context: PasswordContext): string[] {
  const length = codePoints(password);
  const faults: [boolean, string][] = [
    [length < policy.passwordMinLength, `has fewer than ${policy.passwordMinLength} characters`],
    [length > policy.passwordMaxLength, `has more than ${policy.passwordMaxLength} characters`],
    [policy.passwordRequireUpper && !/\p{Lu}/u.test(password), 'has no upper-case letter'],
    [policy.passwordRequireLower && !/\p{Ll}/u.test(password), 'has no lower-case letter'],
    [policy.passwordRequireDigit && !/\p{Nd}/u.test(password), 'has no digit'],
    [policy.passwordRequireSymbol && !/[^\p{L}\p{M}\p{N}]/u.test(password), 'has no symbol'],
    [policy.passwordForbidUsername && holdsName(password, context.username), 'contains the username'],
    [
      policy.passwordForbidCommon && context.common.has(password.toLowerCase()),
      'is one of the common passwords',
    ],
  ];
  return faults.filter(([found]) => found).map(([, fault]) => fault);
}

// Many passwords contain a name of one or two letters by chance; of such a name, only the name itself is refused.
function holdsName(password: string, username: string): boolean {
  const [text, name] = [identityKey(password), identityKey(username)];
  return name.length < 3 ? text === name : text.includes(name);
}

/** Throws `invalid-password` with all faults in one line, if there are any. */
export function refuseFaults(faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new AuthctlError('invalid-password', `the password ${faults.join(', ')}`, {
    hint: 'authctl policy show lists the rules',
  });
}
