import { AuthctlError } from '../../domain/errors.ts';
import { shellWord } from '../../domain/shell-word.ts';
import type { NewPasswordChoice } from '../../services/passwords/passwords.ts';
import type { PasswordChoice } from '../../services/users/users.ts';
import { requireDelivery } from '../delivery.ts';
import { flag } from '../options.ts';
import { readNewPassword } from './passwords.ts';
import type { SecretContext } from './secrets.ts';

/** The option with which authctl makes the password itself. */
export const passwordChoiceOptions = {
  generate: flag('--generate', 'make a random password and print it once, alone on standard output'),
} as const;

/** The values of this option and of those with which a password is given. */
export interface PasswordChoiceOptions {
  passwordStdin: boolean;
  passwordFile: string | undefined;
  generate: boolean;
}

/** What to do where nobody has got the password that authctl made. */
export const lostPasswordHint = (username: string): string =>
  `authctl user passwd ${shellWord(username)} --generate makes another password`;

/** Reads a new password as the options say, or asks for it. Throws `usage` when the options contradict each other. */
export async function passwordChoice(
  context: SecretContext,
  options: PasswordChoiceOptions,
): Promise<NewPasswordChoice> {
  requireOneSource(options);
  if (options.generate) {
    await requireDelivery(context, 'the password');
    return { kind: 'generate' };
  }
  return { kind: 'given', password: await readNewPassword(context, options) };
}

/** As `passwordChoice`, but with `noPassword` there is none. */
export async function passwordChoiceOrNone(
  context: SecretContext,
  options: PasswordChoiceOptions & { noPassword: boolean },
): Promise<PasswordChoice> {
  if (!options.noPassword) return passwordChoice(context, options);
  requireOneSource(options, true);
  return { kind: 'none' };
}

/** Whether any option says where the password comes from. */
export const hasPasswordSource = ({
  passwordStdin,
  passwordFile,
  generate,
}: PasswordChoiceOptions): boolean => passwordStdin || passwordFile !== undefined || generate;

function requireOneSource(options: PasswordChoiceOptions, noPassword = false): void {
  const given = [options.passwordStdin, options.passwordFile !== undefined, options.generate, noPassword];
  if (given.filter(Boolean).length > 1) {
    throw new AuthctlError('usage', 'give one source of the password, not several');
  }
}
