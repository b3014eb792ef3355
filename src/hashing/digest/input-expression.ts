import { isDigest } from '../primitives/digests.ts';
import { utf8 } from '../primitives/encoding.ts';
import { type DigestInput, type Part, passwordPart, saltPart } from './input.ts';

/** How the salt's own column spells its bytes. */
export type SaltEncoding = 'text' | 'hex' | 'base64';

/** An input read from text, and how its salt is to be read. */
export interface Expression {
  readonly input: DigestInput;
  readonly saltEncoding: SaltEncoding;
}

/** An expression cannot be read: why, and at which character, counted from 1. The message never quotes it. */
export class BadExpression extends Error {
  constructor(message: string, position: number) {
    super(`${message} at character ${position + 1}`);
  }
}

const maxLength = 256;
const maxDepth = 8;
const names =
  'password, utf16le(password), salt, unhex(salt), unbase64(salt), a digest such as md5(…), or quoted text';

/**
 * Reads what a digest is made over:
 *
 *     parts := part { "+" part }
 *     part  := "password" | "utf16le(password)" | salt | digest "(" parts ")" | "'" text "'" | '"' text '"'
 *     salt  := "salt" | "unhex(salt)" | "unbase64(salt)"
 *
 * `password` and `salt` are UTF-8 text; `utf16le(password)` is what .NET calls Unicode; `unhex` and `unbase64`
 * say how the salt is written down, and so must be the same wherever the salt occurs. An inner `md5(…)` stands
 * for its digest in lower-case hexadecimal. Throws `BadExpression`; at most 256 characters are read.
 */
export function parseExpression(text: string): Expression {
  if (text.length > maxLength) throw new BadExpression('the expression is too long', maxLength);
  const reader = new Reader(text);
  const input = reader.parts(0);
  reader.end();
  return { input, saltEncoding: reader.saltEncoding ?? 'text' };
}

class Reader {
  saltEncoding: SaltEncoding | undefined;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parts(depth: number): DigestInput {
    if (depth > maxDepth) throw new BadExpression('digests are nested too deeply', this.#at);
    const parts = [this.#part(depth)];
    while (this.#text[this.#at] === '+') {
      this.#at += 1;
      parts.push(this.#part(depth));
    }
    return parts;
  }

  end(): void {
    if (this.#at < this.#text.length) throw new BadExpression('expected + or the end', this.#at);
  }

  #part(depth: number): Part {
    const quote = this.#text[this.#at];
    if (quote === "'" || quote === '"') return this.#literal(quote);
    const start = this.#at;
    const word = this.#word();
    if (word === 'password') return passwordPart;
    if (word === 'salt') return this.#salt('text', start);
    if (this.#text[this.#at] === '(') {
      this.#at += 1;
      const part = this.#call(word, depth, start);
      if (this.#text[this.#at] !== ')') throw new BadExpression('expected )', this.#at);
      this.#at += 1;
      return part;
    }
    throw new BadExpression(`expected ${names}`, start);
  }

  #call(name: string, depth: number, start: number): Part {
    if (isDigest(name)) return { kind: 'digest', digest: name, parts: this.parts(depth + 1) };
    const argument = this.#word();
    if (name === 'utf16le' && argument === 'password') return { kind: 'password', encoding: 'utf16le' };
    if (name === 'unhex' && argument === 'salt') return this.#salt('hex', start);
    if (name === 'unbase64' && argument === 'salt') return this.#salt('base64', start);
    throw new BadExpression(`expected ${names}`, start);
  }

  #salt(encoding: SaltEncoding, start: number): Part {
    if (this.saltEncoding !== undefined && this.saltEncoding !== encoding) {
      throw new BadExpression('the salt has one spelling, but the expression names two', start);
    }
    this.saltEncoding = encoding;
    return saltPart;
  }

  #literal(quote: string): Part {
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) throw new BadExpression('quoted text does not end', this.#at);
    const bytes = utf8(this.#text.slice(this.#at + 1, end));
    this.#at = end + 1;
    return { kind: 'literal', bytes };
  }

  #word(): string {
    const start = this.#at;
    while (/[a-z0-9]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }
}

/** The expression of an input whose salt is stored as bytes: `parseExpression` of it gives that input again. */
export function expressionText(input: DigestInput): string {
  return input.map(partText).join('+');
}

function partText(part: Part): string {
  switch (part.kind) {
    case 'password':
      return part.encoding === 'utf8' ? 'password' : 'utf16le(password)';
    case 'salt':
      return 'salt';
    case 'literal': {
      const text = new TextDecoder().decode(part.bytes);
      return text.includes("'") ? `"${text}"` : `'${text}'`;
    }
    case 'digest':
      return `${part.digest}(${expressionText(part.parts)})`;
  }
}
