import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { errnoOf } from '../../io/errno.ts';
import type { CommandContext } from '../command.ts';

/** Which secret is read: named in options and messages. */
export type SecretName = 'password' | 'token';

/** Bytes; longer than any secret. Whoever gives more has named the wrong file. */
export const maxSecretBytes = 64 * 1024;

export type SecretContext = Pick<CommandContext<unknown, unknown>, 'terminal' | 'warn'>;

/**
 * Reads a secret as the options say; gives `undefined` where it has to be asked for at the terminal. An input that is
 * too long is cut, somewhere after `maxSecretBytes`. Throws `usage` where there is no terminal to ask at.
 */
export async function readSecret(
  { terminal, warn }: SecretContext,
  name: SecretName,
  { stdin, file }: { stdin: boolean; file: string | undefined },
): Promise<Buffer | undefined> {
  if (stdin && file !== undefined) {
    throw new AuthctlError('usage', `give --${name}-stdin or --${name}-file, not both`);
  }
  if (stdin) return readAll(terminal.stdin);
  if (file !== undefined) return readSecretFile(file, name, warn);
  if (terminal.stdinIsTTY) return undefined;
  throw new AuthctlError('usage', `no ${name} was given, and there is no terminal to ask at`, {
    hint: `use --${name}-stdin or --${name}-file`,
  });
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > maxSecretBytes) break;
  }
  return Buffer.concat(chunks);
}

/** Reads a secret from a file, and warns when other users can read that file. Throws `file-unusable`. */
export async function readSecretFile(
  path: string,
  name: SecretName,
  warn: (text: string) => Promise<void>,
): Promise<Buffer> {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return await readPipe(path);
    if ((stats.mode & 0o077) !== 0) {
      await warn(`the ${name} file ${quote(path)} can be read by others; chmod 600 it`);
    }
    return readStart(path);
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown';
    throw new AuthctlError('file-unusable', `the ${name} file ${quote(path)} cannot be read (${code})`, {
      cause: error,
    });
  }
}

// A file is read synchronously: loading Node's promises and streams would take longer than verifying a session.
function readStart(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(maxSecretBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

async function readPipe(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    return await readAll(file.createReadStream());
  } finally {
    await file.close();
  }
}
