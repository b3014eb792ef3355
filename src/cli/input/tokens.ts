import { AuthctlError } from '../../domain/errors.ts';
import { flag, text } from '../options.ts';
import { askPassword } from './prompts.ts';
import { readSecret, type SecretContext } from './secrets.ts';

/** The options with which every command takes a token. */
export const tokenOptions = {
  tokenStdin: flag('--token-stdin', 'read the token from standard input'),
  tokenFile: text('--token-file <file>', 'read the token from a file, or /dev/fd/N'),
} as const;

/** The hint when a token is given as an argument. */
export const tokenHint = 'a token comes by --token-stdin or --token-file, where nobody else can read it';

interface TokenOptions {
  tokenStdin: boolean;
  tokenFile: string | undefined;
}

/**
 * Reads a token as the options say, or asks for it. The text is not checked here: the service refuses whatever is not
 * a valid token, always in the same way. Throws `usage` where there is no terminal to ask at.
 */
export async function readToken(
  context: SecretContext,
  { tokenStdin, tokenFile }: TokenOptions,
): Promise<string> {
  const bytes = await readSecret(context, 'token', { stdin: tokenStdin, file: tokenFile });
  const token = bytes ? bytes.toString('utf8') : await askPassword(context.terminal, 'Token:');
  return token.replace(/\r?\n$/, '');
}

/** Throws `usage` if both the token and the password would be read from standard input. */
export function refuseSharedInput(options: { tokenStdin: boolean; passwordStdin: boolean }): void {
  if (!options.tokenStdin || !options.passwordStdin) return;
  throw new AuthctlError('usage', 'standard input cannot hold both the token and the password', {
    hint: 'give one of them by a file: --token-file or --password-file',
  });
}
