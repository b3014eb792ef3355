import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { readSmallText } from '../../io/small-file.ts';
import type { CommandContext } from '../command.ts';
import { text } from '../options.ts';

export const checkpointOption = text('--checkpoint <file>', 'what an earlier audit verify --json printed');

/**
 * The head of the audit chain from the file of `checkpointOption`, which `audit verify --json` has written; `undefined`
 * without one. Throws `file-unusable`.
 */
export async function readCheckpoint({
  options: { checkpoint: path },
  ...context
}: Pick<
  CommandContext<unknown, { checkpoint: string | undefined }>,
  'options' | 'terminal' | 'signal' | 'note'
>): Promise<{ seq: number; hash: string } | undefined> {
  if (path === undefined) return undefined;
  const onWait = () => void context.note(`waiting for the checkpoint from ${quote(path)}`);
  const waiting = { signal: context.signal, onWait: context.terminal.stderrIsTTY ? onWait : undefined };
  const head = parseHead(await readSmallText(path, `the checkpoint ${quote(path)}`, waiting));
  if (
    head &&
    Number.isSafeInteger(head.seq) &&
    Number(head.seq) >= 0 &&
    typeof head.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(head.hash)
  ) {
    return { seq: Number(head.seq), hash: head.hash };
  }
  throw new AuthctlError('file-unusable', `${quote(path)} is not a checkpoint`, {
    hint: 'authctl audit verify --json > FILE makes one',
  });
}

function parseHead(text: string): { seq?: unknown; hash?: unknown } | undefined {
  try {
    return JSON.parse(text)?.head;
  } catch {
    return undefined;
  }
}
