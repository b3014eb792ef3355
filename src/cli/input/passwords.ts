import { AuthctlError } from '../../domain/errors.ts';
import { flag, text } from '../options.ts';
import { askPassword } from './prompts.ts';
import { maxSecretBytes, readSecret, readSecretFile, type SecretContext } from './secrets.ts';

/** The options with which every command takes a password. */
export const passwordOptions = {
  passwordStdin: flag('--password-stdin', 'read the password from standard input'),
  passwordFile: text('--password-file <file>', 'read the password from a file, or /dev/fd/N'),
} as const;

/** The options with which users prove, by the old password, that it is they who change it. */
export const oldPasswordOptions = {
  oldPassword: flag('--old-password', "the user's own change: ask for the old password first"),
  oldPasswordFile: text(
    '--old-password-file <file>',
    "the user's own change: read the old password from a file",
  ),
} as const;

/** The values of these options. */
export interface OldPasswordOptions {
  oldPassword: boolean;
  oldPasswordFile: string | undefined;
}

interface PasswordOptions {
  passwordStdin: boolean;
  passwordFile: string | undefined;
}

/** Reads a new password as the options say, or asks for it twice. Throws `usage` where there is no terminal to ask at. */
export async function readNewPassword(context: SecretContext, options: PasswordOptions): Promise<string> {
  const given = await readGiven(context, options);
  if (given !== undefined) return given;
  const password = await askPassword(context.terminal, 'New password:');
  if ((await askPassword(context.terminal, 'The same again:')) !== password) {
    throw new AuthctlError('invalid-password', 'the two passwords are not the same');
  }
  return password;
}

/** Reads an existing password as the options say, or asks for it once. Throws `usage` where there is no terminal. */
export async function readPassword(context: SecretContext, options: PasswordOptions): Promise<string> {
  return (await readGiven(context, options)) ?? askPassword(context.terminal, 'Password:');
}

export const hasOldPassword = ({ oldPassword, oldPasswordFile }: OldPasswordOptions): boolean =>
  oldPassword || oldPasswordFile !== undefined;

/** Reads the old password if an option asks for it; gives `undefined` otherwise. Throws `usage`. */
export async function readOldPassword(
  context: SecretContext,
  { oldPassword, oldPasswordFile }: OldPasswordOptions,
): Promise<string | undefined> {
  if (oldPassword && oldPasswordFile !== undefined) {
    throw new AuthctlError('usage', 'give --old-password or --old-password-file, not both');
  }
  if (oldPasswordFile !== undefined)
    return decode(await readSecretFile(context, oldPasswordFile, 'password'));
  if (!oldPassword) return undefined;
  if (context.terminal.stdinIsTTY) return askPassword(context.terminal, 'Old password:');
  throw new AuthctlError('usage', 'there is no terminal to ask for the old password at', {
    hint: 'use --old-password-file',
  });
}

async function readGiven(
  context: SecretContext,
  { passwordStdin, passwordFile }: PasswordOptions,
): Promise<string | undefined> {
  const bytes = await readSecret(context, 'password', { stdin: passwordStdin, file: passwordFile });
  return bytes && decode(bytes);
}

/** The text of a password: strict UTF-8, without the line ending at its end. Throws `invalid-password`. */
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
