import { statSync } from 'node:fs';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { isInterruption } from '../../io/interruption.ts';
import { readStart, readStream, whyUnreadable } from '../../io/small-file.ts';
import type { CommandContext } from '../command.ts';

/** Which secret is read: named in options and messages. */
export type SecretName = 'password' | 'token';

/** Bytes; longer than any secret. Whoever gives more has named the wrong file. */
export const maxSecretBytes = 64 * 1024;

export type SecretContext = Pick<CommandContext<unknown, unknown>, 'terminal' | 'signal' | 'note' | 'warn'>;

/**
 * Reads a secret as the options say; gives `undefined` where it has to be asked for at the terminal. An input that is
 * too long is cut, somewhere after `maxSecretBytes`. Throws `usage` where there is no terminal to ask at.
 */
export async function readSecret(
  context: SecretContext,
  name: SecretName,
  { stdin, file }: { stdin: boolean; file: string | undefined },
): Promise<Buffer | undefined> {
  const { terminal } = context;
  if (stdin && file !== undefined) {
    throw new AuthctlError('usage', `give --${name}-stdin or --${name}-file, not both`);
  }
  if (stdin) return readStream(terminal.stdin, maxSecretBytes);
  if (file !== undefined) return readSecretFile(context, file, name);
  if (terminal.stdinIsTTY) return undefined;
  throw new AuthctlError('usage', `no ${name} was given, and there is no terminal to ask at`, {
    hint: `use --${name}-stdin or --${name}-file`,
  });
}

/** Reads a secret from a file, and warns when other users can read that file. Throws `file-unusable`. */
export async function readSecretFile(
  { terminal, signal, note, warn }: SecretContext,
  path: string,
  name: SecretName,
): Promise<Buffer> {
  try {
    const stats = statSync(path);
    if (stats.isFile() && (stats.mode & 0o077) !== 0) {
      await warn(`the ${name} file ${quote(path)} can be read by others; chmod 600 it`);
    }
    const onWait = () => void note(`waiting for the ${name} from ${quote(path)}`);
    return await readStart(path, maxSecretBytes, {
      signal,
      onWait: terminal.stderrIsTTY ? onWait : undefined,
    });
  } catch (error) {
    if (isInterruption(error)) throw error;
    const why = whyUnreadable(error);
    throw new AuthctlError('file-unusable', `the ${name} file ${quote(path)} cannot be read (${why})`, {
      cause: error,
    });
  }
}
