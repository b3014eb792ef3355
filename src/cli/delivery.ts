import { AuthctlError } from '../domain/errors.ts';
import { type OutputFailed, PipeClosed, write } from '../io/output.ts';
import type { CommandContext } from './command.ts';
import type { Result } from './render/result.ts';

/**
 * Throws `output-unusable` where nobody reads standard output, before a command makes a secret that it prints there
 * only once. That the reader of a pipe has gone is told by the first write alone.
 *
 * @param what the secret, as `the password`
 */
export async function requireDelivery(
  { terminal }: Pick<CommandContext<unknown, unknown>, 'terminal'>,
  what: string,
): Promise<void> {
  const refuse = (why: string) =>
    new AuthctlError('output-unusable', `nobody would get ${what}: ${why}`, {
      hint: 'nothing was changed; give standard output to a file or a program',
    });
  if (terminal.stdoutIsDiscarded) throw refuse('standard output is closed or /dev/null');
  await write(terminal.stdout, '').catch((error) => {
    throw error instanceof PipeClosed ? refuse('whoever read standard output has gone') : error;
  });
}

/**
 * What is told where a command has ended and its result could not be written.
 *
 * @param hasChanged whether the command may have changed something
 */
export function undelivered(
  { errno }: OutputFailed,
  result: Result,
  hasChanged: boolean,
): AuthctlError | undefined {
  if (result.kind === 'record' && result.ifLost !== undefined) {
    const made = result.message ?? 'done';
    return new AuthctlError(
      'output-unusable',
      `${made}, but nobody got what is printed only once (${errno})`,
      {
        hint: result.ifLost,
      },
    );
  }
  if (!hasChanged || result.kind === 'dump') return undefined;
  return new AuthctlError('output-unusable', `done, but the result could not be written (${errno})`, {
    hint: 'do not repeat the command; authctl audit show tells what it has done',
  });
}
