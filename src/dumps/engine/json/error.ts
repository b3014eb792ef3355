import type { JSONParser } from '@streamparser/json';
import type { JsonPosition } from './visitor.ts';

/** Gives the index of the byte at which `json` stops being JSON. */
export type FindError = (json: Buffer) => number;

const tokenizerPosition = /\(absolute position "(\d{1,15})"\)/;

/**
 * A `FindError` that asks @streamparser/json. `JSON.parse` itself cannot be asked: its messages quote the text,
 * which may hold a password, and not all of them give a position.
 */
export function errorFinder(Parser: typeof JSONParser): FindError {
  return (json) => {
    let token = 0;
    const parser = new Parser();
    parser.onValue = () => {};
    parser.onToken = ({ offset }) => {
      token = offset;
    };
    try {
      parser.write(json);
      return 0; // it is less strict than `JSON.parse` here
    } catch (error) {
      const position = tokenizerPosition.exec(error instanceof Error ? error.message : '');
      return Math.min(Number(position?.[1] ?? token), json.length);
    }
  };
}

/** The place of the byte at `index` of a text that begins at `start`. */
export function positionIn(start: JsonPosition, text: Buffer, index: number): JsonPosition {
  let { line, column } = start;
  let lineStart = 0;
  for (let at = text.indexOf(10); at !== -1 && at < index; at = text.indexOf(10, at + 1)) {
    line++;
    column = 1;
    lineStart = at + 1;
  }
  return { line, column: column + index - lineStart, offset: start.offset + index };
}
