import { randomInt } from 'node:crypto';
import { AuthctlError } from '../../domain/errors.ts';
import { normalizePassword, passwordFaults, refuseFaults } from '../../domain/password-policy.ts';
import type { Policy } from '../../domain/policy.ts';
import { newHash } from '../../hashing/index.ts';

/** Common passwords, in lower case. The list is loaded when a password is set, not when the program starts. */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}

/** The faults that the policy finds in a normalised password; none when it may be used. */
export async function findFaults(password: string, username: string, policy: Policy): Promise<string[]> {
  const common = policy.passwordForbidCommon ? await commonPasswords() : new Set<string>();
  return passwordFaults(password, policy, { username, common });
}

/** A new password's hash. Throws `invalid-password` when the policy refuses it. */
export async function hashNewPassword(text: string, username: string, policy: Policy): Promise<string> {
  const password = normalizePassword(text);
  refuseFaults(await findFaults(password, username, policy));
  return newHash(password, policy);
}

// Without 0, O, o, 1, l and I, which are easily confused when somebody reads a password aloud.
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
const symbols = '-_.+=:';
const generatedLength = 20;

/** A random password that the policy accepts: 20 characters (over 115 bits), or the length that the policy demands. */
export async function generatePassword(username: string, policy: Policy): Promise<string> {
  const length = Math.min(Math.max(generatedLength, policy.passwordMinLength), policy.passwordMaxLength);
  const alphabet = letters + (policy.passwordRequireSymbol ? symbols : '');
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const password = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
    if ((await findFaults(password, username, policy)).length === 0) return password;
  }
  throw new AuthctlError('invalid-policy', 'no random password satisfies the policy', {
    hint: 'authctl policy show lists the rules',
  });
}
