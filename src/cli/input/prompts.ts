import { AuthctlError } from '../../domain/errors.ts';
import type { Terminal } from '../terminal.ts';

// Questions go to standard error: standard output is for results.
const streams = (terminal: Terminal) => ({ input: terminal.stdin, output: terminal.screen });

/** Asks for a password without showing it. Throws `interrupted`. */
export async function askPassword(terminal: Terminal, message: string): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return answered(password({ message }, streams(terminal)));
}

/** Asks a yes-or-no question; the default is no. Throws `interrupted`, also when `signal` is aborted. */
export async function confirm(terminal: Terminal, message: string, signal: AbortSignal): Promise<boolean> {
  const prompts = await import('@inquirer/prompts');
  return answered(prompts.confirm({ message, default: false }, { ...streams(terminal), signal }));
}

async function answered<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof Error && /^(Exit|Abort)PromptError$/.test(error.name)) {
      throw new AuthctlError('interrupted', 'interrupted', { cause: error });
    }
    throw error;
  }
}
