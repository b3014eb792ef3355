import { Carry } from '../carry.ts';
import { BomFilter, strictText } from '../encodings/strict-text.ts';
import { ValueEnd, type ValueKind, valueKind } from './value-end.ts';
import { type JsonPosition, type JsonVisitor, jsonBroken } from './visitor.ts';

type Expecting = 'a value' | 'a value or ]' | 'a key or }' | 'a key' | 'a colon' | 'a comma' | 'the end';

const maxKeyBytes = 1024 * 1024;
const lf = 10;
const closeArray = 93;
const closeObject = 125;
const nothing = Buffer.alloc(0);

/**
 * Walks through a JSON document (RFC 8259) of any size that comes in chunks, following only the containers that
 * its visitor enters. What these hold is cut out as bytes, so that memory is bounded by one value, and the
 * engine's own `JSON.parse` does the rest.
 */
export class JsonScanner {
  readonly #visitor: JsonVisitor;
  readonly #bom = new BomFilter();
  /** The last entry is the key of the value at hand. */
  readonly #path: (string | undefined)[] = [];
  readonly #closers: number[] = [];
  readonly #ending = new ValueEnd();
  readonly #valueCarry = new Carry();
  readonly #keyCarry = new Carry(maxKeyBytes);
  #expecting: Expecting = 'a value';
  #within: 'structure' | 'key' | 'value' = 'structure';
  #taking = false;
  #start: JsonPosition = { line: 1, column: 1, offset: 0 };
  #rowLine = 1;
  /** Where the chunk at hand and the line at hand begin in the input. */
  #base = 0;
  #lineStart = 0;
  #line = 1;
  /** Index of the first line end in the chunk at hand that is not counted yet. */
  #nextLf = -1;

  constructor(visitor: JsonVisitor) {
    this.#visitor = visitor;
  }

  /** Throws `DumpBroken` at the first byte that cannot be part of the document. */
  push(chunk: Buffer): void {
    this.#scan(this.#bom.push(chunk));
  }

  /** Throws `DumpBroken` when the document is not complete. */
  finish(): void {
    this.#scan(this.#bom.finish());
    if (this.#expecting === 'the end') return;
    const message = this.#within === 'structure' ? `expected ${this.#expected()}` : 'a value is cut off';
    throw jsonBroken(this.#position(0), `the dump ends too early: ${message}`);
  }

  #scan(chunk: Buffer): void {
    if (this.#base === 0) {
      this.#base = this.#bom.skipped;
      this.#lineStart = this.#base;
    }
    this.#nextLf = chunk.indexOf(lf);
    let at = 0;
    while (at < chunk.length) {
      if (this.#within === 'structure') at = this.#structure(chunk, at);
      else if (this.#within === 'key') at = this.#key(chunk, at);
      else at = this.#value(chunk, at);
    }
    this.#base += chunk.length;
  }

  #structure(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (byte === lf) this.#countLines(chunk, at + 1);
    else if (byte === 32 || byte === 13 || byte === 9) return at + 1;
    else if (byte === 44 && this.#expecting === 'a comma') {
      this.#expecting = this.#closers.at(-1) === closeArray ? 'a value' : 'a key';
    } else if (byte === 58 && this.#expecting === 'a colon') {
      this.#expecting = 'a value';
    } else if (byte === this.#closers.at(-1) && this.#mayClose()) {
      this.#closers.pop();
      this.#path.pop();
      this.#afterValue();
    } else if (byte === 34 && (this.#expecting === 'a key' || this.#expecting === 'a key or }')) {
      this.#rowLine = this.#line;
      this.#start = this.#position(at);
      this.#within = 'key';
      this.#ending.begin('string');
      return at;
    } else {
      const kind = valueKind(byte);
      const mayBegin = this.#expecting === 'a value' || this.#expecting === 'a value or ]';
      if (kind === undefined || !mayBegin) throw this.#broken(at, `expected ${this.#expected()}`);
      return this.#beginValue(kind, at);
    }
    return at + 1;
  }

  #beginValue(kind: ValueKind, at: number): number {
    this.#start = this.#position(at);
    if (this.#closers.at(-1) !== closeObject) this.#rowLine = this.#line;
    const choice = this.#visitor.choose(this.#path, kind);
    if (typeof choice === 'object') throw this.#broken(at, `expected ${choice.expected}`);
    if (choice === 'enter' && (kind === 'array' || kind === 'object')) {
      this.#closers.push(kind === 'array' ? closeArray : closeObject);
      this.#path.push(undefined);
      this.#expecting = kind === 'array' ? 'a value or ]' : 'a key or }';
      return at + 1;
    }
    this.#taking = choice === 'take';
    this.#within = 'value';
    this.#ending.begin(kind);
    return at;
  }

  #value(chunk: Buffer, from: number): number {
    const end = this.#find(chunk, from);
    if (end === undefined) {
      if (this.#taking) this.#valueCarry.append(chunk.subarray(from));
      return chunk.length;
    }
    if (this.#taking) {
      this.#visitor.take({
        bytes: this.#valueCarry.take(chunk.subarray(from, end)),
        key: this.#path.at(-1),
        isTooDeep: this.#ending.isTooDeep,
        start: this.#start,
        line: this.#rowLine,
        end: this.#base + end,
      });
    }
    this.#afterValue();
    return end;
  }

  #key(chunk: Buffer, from: number): number {
    const end = this.#find(chunk, from);
    if (end === undefined) {
      this.#keyCarry.append(chunk.subarray(from));
      return chunk.length;
    }
    const bytes = this.#keyCarry.take(chunk.subarray(from, end));
    const text = strictText(bytes ?? nothing);
    this.#path[this.#path.length - 1] = text === undefined || text === '' ? undefined : this.#keyText(text);
    this.#within = 'structure';
    this.#expecting = 'a colon';
    return end;
  }

  #keyText(json: string): string {
    try {
      return String(JSON.parse(json));
    } catch {
      throw jsonBroken(this.#start, 'invalid key');
    }
  }

  /** Where the key or value at hand ends, or `undefined` when it goes on in the next chunk. */
  #find(chunk: Buffer, from: number): number | undefined {
    const end = this.#ending.find(chunk, from);
    if (end !== undefined && end < 0) {
      this.#countLines(chunk, -1 - end);
      throw this.#broken(-1 - end, 'a bracket of the other kind is open');
    }
    this.#countLines(chunk, end ?? chunk.length);
    return end;
  }

  #afterValue(): void {
    this.#within = 'structure';
    this.#expecting = this.#closers.length === 0 ? 'the end' : 'a comma';
  }

  #mayClose(): boolean {
    return (
      this.#expecting === 'a comma' || this.#expecting === 'a value or ]' || this.#expecting === 'a key or }'
    );
  }

  #expected(): string {
    if (this.#expecting !== 'a comma') return this.#expecting;
    return this.#closers.at(-1) === closeArray ? 'a comma or ]' : 'a comma or }';
  }

  #countLines(chunk: Buffer, to: number): void {
    while (this.#nextLf !== -1 && this.#nextLf < to) {
      this.#line++;
      this.#lineStart = this.#base + this.#nextLf + 1;
      this.#nextLf = chunk.indexOf(lf, this.#nextLf + 1);
    }
  }

  #position(at: number): JsonPosition {
    const offset = this.#base + at;
    return { line: this.#line, column: offset - this.#lineStart + 1, offset };
  }

  #broken(at: number, message: string): Error {
    return jsonBroken(this.#position(at), message);
  }
}
