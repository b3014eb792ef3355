import { AuthctlError } from '../../domain/errors.ts';
import { flag, text } from '../options.ts';
import { askPassword } from './prompts.ts';
import { maxSecretBytes, readSecret, readSecretFile, type SecretContext } from './secrets.ts';

/** The options by which every command takes a password. */
export const passwordOptions = {
  passwordStdin: flag('--password-stdin', 'read the password from standard input'),
  passwordFile: text('--password-file <file>', 'read the password from a file, or /dev/fd/N'),
} as const;

/** The options by which a user proves who changes the password. */
export const oldPasswordOptions = {
  oldPassword: flag('--old-password', "the user's own change: ask for the old password first"),
  oldPasswordFile: text(
    '--old-password-file <file>',
    "the user's own change: read the old password from a file",
  ),
} as const;

/** What a command was given of these options. */
export interface OldPasswordOptions {
  oldPassword: boolean;
  oldPasswordFile: string | undefined;
}

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

export const hasOldPassword = ({ oldPassword, oldPasswordFile }: OldPasswordOptions): boolean =>
  oldPassword || oldPasswordFile !== undefined;

/** The old password, where the options say that it must be given; else `undefined`. Throws `usage`. */
export async function readOldPassword(
  { terminal, warn }: SecretContext,
  { oldPassword, oldPasswordFile }: OldPasswordOptions,
): Promise<string | undefined> {
  if (oldPassword && oldPasswordFile !== undefined) {
    throw new AuthctlError('usage', 'give --old-password or --old-password-file, not both');
  }
  if (oldPasswordFile !== undefined) return decode(await readSecretFile(oldPasswordFile, 'password', warn));
  if (!oldPassword) return undefined;
  if (terminal.stdinIsTTY) return askPassword(terminal, 'Old password:');
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
