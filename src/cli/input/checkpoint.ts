import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { readSmallText, type Waiting } from '../../io/small-file.ts';

/** Reads the head of the audit chain from a file that `audit verify --json` has written. Throws `file-unusable`. */
export async function readCheckpoint(path: string, waiting: Waiting): Promise<{ seq: number; hash: string }> {
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
