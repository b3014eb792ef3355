import { strictText } from '../encodings/strict-text.ts';

/** The lines that a head holds completely, at most `limit`; none when it is not text. */
export function firstLines(head: Uint8Array, whole: boolean, limit = 10): string[] {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const end = whole ? bytes.length : bytes.lastIndexOf(10) + 1;
  const text = strictText(bytes.subarray(0, end))?.replace(/^\uFEFF/, '');
  return text === undefined ? [] : text.split(/\r?\n/, limit);
}
