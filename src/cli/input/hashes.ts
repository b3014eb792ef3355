import { AuthctlError } from '../../domain/errors.ts';
import type { Terminal } from '../terminal.ts';
import { askPassword } from './prompts.ts';

/** Longer than any hash: whoever gives more has named the wrong file. */
const maxBytes = 64 * 1024;

/**
 * Reads one hash from standard input, or asks for it at a terminal without showing it. Throws `usage` when there is
 * none, and `unknown-hash` when the input is too long or not UTF-8.
 */
export async function readHash(terminal: Terminal, stdin: boolean): Promise<string> {
  const text =
    !stdin && terminal.stdinIsTTY ? await askPassword(terminal, 'Hash:') : await readInput(terminal);
  if (text !== '') return text;
  throw new AuthctlError('usage', 'no hash was given', { hint: 'give one by standard input' });
}

async function readInput({ stdin }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > maxBytes)
      throw new AuthctlError('unknown-hash', `the hash is longer than ${maxBytes} bytes`, { hint: oneHash });
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    throw new AuthctlError('unknown-hash', 'the hash is not valid UTF-8', { hint: oneHash, cause: error });
  }
}

const oneHash = 'give one hash; authctl user import --dry-run looks at whole dumps';
