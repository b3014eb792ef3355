/** What kind of JSON value a first byte announces; `literal` is a number, `true`, `false` or `null`. */
export type ValueKind = 'object' | 'array' | 'string' | 'literal';

/** Deepest nesting that a value may have to be taken: nothing that holds users comes near it. */
export const maxDepth = 100;

const quote = 34;
const backslash = 92;
const openArray = 91;
const closeArray = 93;
const openObject = 123;
const closeObject = 125;

/** The kind of value that begins with `byte`; `undefined` when none does. */
export function valueKind(byte: number): ValueKind | undefined {
  if (byte === openObject) return 'object';
  if (byte === openArray) return 'array';
  if (byte === quote) return 'string';
  const isDigit = byte >= 48 && byte <= 57;
  return isDigit || byte === 45 || byte === 116 || byte === 102 || byte === 110 ? 'literal' : undefined;
}

/** Whether a number, `true`, `false` or `null` cannot go on with `byte`. */
function endsLiteral(byte: number): boolean {
  return byte <= 32 || byte === 44 || byte === closeArray || byte === closeObject;
}

/**
 * Finds where a JSON value ends by its strings and brackets alone, over any number of chunks. What is between
 * them is not looked at: whoever wants the value parses it.
 */
export class ValueEnd {
  readonly #closers = new Uint8Array(maxDepth);
  #kind: ValueKind = 'literal';
  #depth = 0;
  #deepest = 0;
  #inString = false;
  #escaped = false;

  /** Starts anew with a value of `kind`, whose first byte `find` is given too. */
  begin(kind: ValueKind): void {
    this.#kind = kind;
    this.#depth = 0;
    this.#deepest = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  /** Whether the value was nested more deeply than `maxDepth`. */
  get isTooDeep(): boolean {
    return this.#deepest > maxDepth;
  }

  /**
   * The index after the value's last byte, searched from `from`; `undefined` when it is not in this chunk.
   * `-1 - index` is given for a closing bracket at `index` that closes a bracket of the other kind.
   */
  find(chunk: Buffer, from: number): number | undefined {
    if (this.#kind === 'literal') return literalEnd(chunk, from);
    let inString = this.#inString;
    let escaped = this.#escaped;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) {
          inString = false;
          if (this.#depth === 0) return at + 1;
        }
      } else if (byte === quote) {
        inString = true;
      } else if (byte === openObject || byte === openArray) {
        this.#open(byte);
      } else if (byte === closeObject || byte === closeArray) {
        if (!this.#closes(byte)) return -1 - at;
        if (this.#depth === 0) return at + 1;
      }
    }
    this.#inString = inString;
    this.#escaped = escaped;
    return undefined;
  }

  #open(byte: number): void {
    if (this.#depth < maxDepth) this.#closers[this.#depth] = byte + 2;
    this.#depth++;
    if (this.#depth > this.#deepest) this.#deepest = this.#depth;
  }

  #closes(byte: number): boolean {
    this.#depth--;
    return this.#depth >= maxDepth || this.#closers[this.#depth] === byte;
  }
}

function literalEnd(chunk: Buffer, from: number): number | undefined {
  for (let at = from; at < chunk.length; at++) {
    if (endsLiteral(chunk[at] ?? 0)) return at;
  }
  return undefined;
}
