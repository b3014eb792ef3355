import { AuthctlError } from '../domain/errors.ts';
import { flag, text } from './options.ts';
import { askPassword } from './prompts.ts';
import { maxSecretBytes, readSecret, type SecretContext } from './secret-input.ts';

/** The options by which every command takes a password. */
export const passwordOptions = {
  passwordStdin: flag('--password-stdin', 'read the password from standard input'),
  passwordFile: text('--password-file <file>', 'read the password from a file, or /dev/fd/N'),
} as const;

interface PasswordOptions {
  passwordStdin: boolean;
  passwordFile: string | undefined;
}

/** A new password: from where the options say, or asked for twice. Throws `usage` where nobody can be asked. */
export async function readNewPassword(context: SecretContext, options: PasswordOptions): Promise<string> {
  const given = await readGiven(context, options);
  if (given !== undefined) return given;
  const password = await askPassword(context.terminal, 'New password:');
  if ((await askPassword(context.terminal, 'The same again:')) !== password) {
    throw new AuthctlError('invalid-password', 'the two passwords are not the same');
  }
  return password;
}

/** A password that exists: from where the options say, or asked for once. Throws `usage` where nobody can be asked. */
export async function readPassword(context: SecretContext, options: PasswordOptions): Promise<string> {
  return (await readGiven(context, options)) ?? askPassword(context.terminal, 'Password:');
}

async function readGiven(
  context: SecretContext,
  { passwordStdin, passwordFile }: PasswordOptions,
): Promise<string | undefined> {
  const bytes = await readSecret(context, 'password', { stdin: passwordStdin, file: passwordFile });
  return bytes && decode(bytes);
}

/** A password's text: strict UTF-8, less one line ending at its end. Throws `invalid-password`. */
function decode(bytes: Buffer): string {
  if (bytes.length > maxSecretBytes) {
    throw new AuthctlError('invalid-password', `the password is longer than ${maxSecretBytes} bytes`);
  }
  try {
    // A byte order mark is part of the password: nothing is trimmed.
    const password = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return password.replace(/\r?\n$/, '');
  } catch (error) {
    throw new AuthctlError('invalid-password', 'the password is not valid UTF-8', { cause: error });
  }
}
