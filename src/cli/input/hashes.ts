import { AuthctlError } from '../../domain/errors.ts';
import type { Terminal } from '../terminal.ts';
import { askPassword } from './prompts.ts';

/** More than any hash: what comes after it is some other file. */
const maxBytes = 64 * 1024;

/**
 * One hash from standard input, or asked for without showing it at a terminal. Throws `usage` when there is none,
 * and `unknown-hash` for what no hash can be.
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
