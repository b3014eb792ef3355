import { AuthctlError } from '../../domain/errors.ts';
import type { CommandContext } from '../command.ts';
import { flag } from '../options.ts';
import { confirm } from './prompts.ts';

/** The option of commands that cannot be undone, or that change many users. */
export const confirmationOption = { yes: flag('--yes', 'do not ask') } as const;

type Context = Pick<CommandContext<unknown, unknown>, 'terminal' | 'note' | 'signal'>;

/** Asks at the terminal whether to go on, after "This `what`." Throws `interrupted` unless the answer is yes. */
export async function askToGoOn({ terminal, note, signal }: Context, what: string): Promise<void> {
  await note(`This ${what}.`);
  if (await confirm(terminal, 'Go on?', signal)) return;
  throw new AuthctlError('interrupted', 'not confirmed; nothing was changed');
}

/** As `askToGoOn`, but throws `confirmation-needed` where there is no terminal to ask at. */
export async function requireConfirmation(context: Context, what: string, hint?: string): Promise<void> {
  if (context.terminal.stdinIsTTY) return askToGoOn(context, what);
  throw new AuthctlError('confirmation-needed', `this ${what}`, { hint: hint ?? 'repeat it with --yes' });
}
