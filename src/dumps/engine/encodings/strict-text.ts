import { isAscii, isUtf8 } from 'node:buffer';

/**
 * The text of a record, or `undefined` when it is not text: invalid UTF-8, or a NUL byte. Replacing bad bytes
 * by U+FFFD, as `toString` does, would import names and passwords that nobody has.
 */
export function strictText(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  if (isAscii(bytes)) return bytes.toString('latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** Why a record that `strictText` refuses cannot be taken. */
export const notText = 'the record is not text: invalid UTF-8 or a NUL byte';

const utf8Bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** Takes off the byte order mark that some programs put before UTF-8, wherever chunks end. */
export class BomFilter {
  #held: Buffer | undefined = Buffer.alloc(0);
  #skipped = 0;

  /** Bytes taken off so far: 0 or 3. */
  get skipped(): number {
    return this.#skipped;
  }

  push(chunk: Buffer): Buffer {
    if (this.#held === undefined) return chunk;
    const head = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (head.length < utf8Bom.length && utf8Bom.subarray(0, head.length).equals(head)) {
      this.#held = Buffer.from(head);
      return Buffer.alloc(0);
    }
    this.#held = undefined;
    if (!head.subarray(0, utf8Bom.length).equals(utf8Bom)) return head;
    this.#skipped = utf8Bom.length;
    return head.subarray(utf8Bom.length);
  }

  /** What was held back when the input ended within the mark. */
  finish(): Buffer {
    const held = this.#held ?? Buffer.alloc(0);
    this.#held = undefined;
    return held;
  }
}

/** Whether a text begins as UTF-16 with a byte order mark does, which no reader here takes. */
export function isUtf16(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}
