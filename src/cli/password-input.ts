import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import type { CommandContext } from './command.ts';
import { flag, text } from './options.ts';
import { askPassword } from './prompts.ts';

/** The options by which every command takes a secret. */
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

/** More than any password: what comes after it is some other file. */
const maxBytes = 64 * 1024;

type Context = Pick<CommandContext<unknown, unknown>, 'terminal' | 'warn'>;

/** A new password: from where the options say, or asked for twice. Throws `usage` where nobody can be asked. */
export async function readNewPassword(context: Context, options: PasswordOptions): Promise<string> {
  const given = await readGiven(context, options);
  if (given !== undefined) return given;
  const password = await askPassword(context.terminal, 'New password:');
  if ((await askPassword(context.terminal, 'The same again:')) !== password) {
    throw new AuthctlError('invalid-password', 'the two passwords are not the same');
  }
  return password;
}

/** A password that exists: from where the options say, or asked for once. Throws `usage` where nobody can be asked. */
export async function readPassword(context: Context, options: PasswordOptions): Promise<string> {
  return (await readGiven(context, options)) ?? askPassword(context.terminal, 'Password:');
}

export const hasOldPassword = ({ oldPassword, oldPasswordFile }: OldPasswordOptions): boolean =>
  oldPassword || oldPasswordFile !== undefined;

/** The old password, where the options say that it must be given; else `undefined`. Throws `usage`. */
export async function readOldPassword(
  { terminal, warn }: Context,
  { oldPassword, oldPasswordFile }: OldPasswordOptions,
): Promise<string | undefined> {
  if (oldPassword && oldPasswordFile !== undefined) {
    throw new AuthctlError('usage', 'give --old-password or --old-password-file, not both');
  }
  if (oldPasswordFile !== undefined) return decode(await readSecretFile(oldPasswordFile, warn));
  if (!oldPassword) return undefined;
  if (terminal.stdinIsTTY) return askPassword(terminal, 'Old password:');
  throw new AuthctlError('usage', 'there is no terminal to ask for the old password at', {
    hint: 'use --old-password-file',
  });
}

async function readGiven(context: Context, options: PasswordOptions): Promise<string | undefined> {
  const { terminal } = context;
  if (options.passwordStdin && options.passwordFile !== undefined) {
    throw new AuthctlError('usage', 'give --password-stdin or --password-file, not both');
  }
  if (options.passwordStdin) return decode(await readAll(terminal.stdin));
  if (options.passwordFile !== undefined)
    return decode(await readSecretFile(options.passwordFile, context.warn));
  if (terminal.stdinIsTTY) return undefined;
  throw new AuthctlError('usage', 'no password was given, and there is no terminal to ask at', {
    hint: 'use --password-stdin or --password-file',
  });
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > maxBytes)
      throw new AuthctlError('invalid-password', `the password is longer than ${maxBytes} bytes`);
  }
  return Buffer.concat(chunks);
}

async function readSecretFile(path: string, warn: (text: string) => Promise<void>): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      if (stats.isFile() && (stats.mode & 0o077) !== 0) {
        await warn(`the password file ${quote(path)} can be read by others; chmod 600 it`);
      }
      return await readAll(file.createReadStream());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof AuthctlError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    throw new AuthctlError('file-unusable', `the password file ${quote(path)} cannot be read (${code})`, {
      cause: error,
    });
  }
}

/** A secret's text: strict UTF-8, less one line ending at its end. Throws `invalid-password`. */
function decode(bytes: Buffer): string {
  try {
    // A byte order mark is part of the secret: nothing is trimmed.
    const secret = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return secret.replace(/\r?\n$/, '');
  } catch (error) {
    throw new AuthctlError('invalid-password', 'the password is not valid UTF-8', { cause: error });
  }
}
