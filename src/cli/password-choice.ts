import { AuthctlError } from '../domain/errors.ts';
import type { PasswordChoice } from '../services/users.ts';
import type { CommandContext } from './command.ts';
import { flag } from './options.ts';
import { readNewPassword } from './password-input.ts';

/** The options that make a password here instead of taking one. */
export const passwordChoiceOptions = {
  generate: flag('--generate', 'make a random password and print it once, alone on standard output'),
} as const;

interface ChoiceOptions {
  passwordStdin: boolean;
  passwordFile: string | undefined;
  generate: boolean;
}

/** Where a new password comes from, as the options say. Throws `usage` when they contradict each other. */
export async function passwordChoice(
  context: Pick<CommandContext<unknown, unknown>, 'terminal' | 'warn'>,
  options: ChoiceOptions,
  noPassword = false,
): Promise<PasswordChoice> {
  const given = [options.passwordStdin, options.passwordFile !== undefined, options.generate, noPassword];
  if (given.filter(Boolean).length > 1) {
    throw new AuthctlError('usage', 'give one source of the password, not several');
  }
  if (noPassword) return { kind: 'none' };
  if (options.generate) return { kind: 'generate' };
  return { kind: 'given', password: await readNewPassword(context, options) };
}
