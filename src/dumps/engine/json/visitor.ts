import { DumpBroken } from '../../format.ts';
import type { ValueKind } from './value-end.ts';

/** Keys from the root to a value; `undefined` for elements of arrays and keys that are not text. */
export type JsonPath = readonly (string | undefined)[];

/**
 * What to do with a value: `enter` an object or array to look at what it holds, `take` the value as a whole,
 * `skip` it unparsed, or say what is expected in its place (which breaks the dump).
 */
export type Choice = 'enter' | 'take' | 'skip' | { readonly expected: string };

/** A place in the input: `line` and `column` (in bytes) from 1, `offset` in bytes from 0. */
export interface JsonPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A value that was chosen to be taken. */
export interface TakenValue {
  /** The value's JSON text; `undefined` when it is over 16 MiB. Only valid during the call. */
  readonly bytes: Buffer | undefined;
  /** Its key when it is in an object; `undefined` when the key is over 1 MiB or not text. */
  readonly key: string | undefined;
  /** Whether it is nested too deeply to be parsed. */
  readonly isTooDeep: boolean;
  /** Where the value begins. */
  readonly start: JsonPosition;
  /** Line on which the value, or its key when it has one, begins. */
  readonly line: number;
  /** Bytes of input up to and including the value. */
  readonly end: number;
}

/** Chooses and receives values of a JSON document. */
export interface JsonVisitor {
  /** Asked for each value of the entered containers, with the path to it. */
  choose(path: JsonPath, kind: ValueKind): Choice;
  take(value: TakenValue): void;
}

/** The error for JSON that is broken at `position`; the text at that place is never quoted. */
export function jsonBroken(position: JsonPosition, message: string): DumpBroken {
  const { line, column, offset } = position;
  return new DumpBroken(line, `${message} at line ${line}, column ${column} (byte ${offset})`);
}
