import { type BadRow, DumpBroken, type DumpRow, type DumpSource, type Problem } from '../format.ts';
import type { Mapped } from './fields.ts';

/** What a dump is made of once it is taken apart. */
export type Row = DumpRow | BadRow;

/** Takes an input apart that is pushed into it chunk by chunk; a chunk may end anywhere. */
export interface PageReader {
  /** Adds the rows that `chunk` completes to `page`. Throws `DumpBroken` where it cannot go on. */
  push(chunk: Buffer, page: Row[]): void;
  /** Adds what is left at the end of the input. Throws `DumpBroken` when it ends too early. */
  finish(page: Row[]): void;
}

/** Bytes of input that make one page. */
const pageBytes = 64 * 1024;
/** Bytes in which a record must end; otherwise it may be an input that never ends. */
const mostWithoutRecord = 128 * 1024 * 1024;

/**
 * Yields a page for each piece of the input that completes a row. When the reader breaks, the rows before the
 * break are yielded first. Throws `DumpBroken` also where no record ends for 128 MiB.
 */
export async function* readPages(chunks: AsyncIterable<Buffer>, reader: PageReader): AsyncGenerator<Row[]> {
  let line = 1;
  let waiting = 0;
  for await (const chunk of chunks) {
    const last = yield* page((rows) => reader.push(chunk, rows));
    waiting = last ? 0 : waiting + chunk.length;
    line = last?.line ?? line;
    if (waiting > mostWithoutRecord) throw new DumpBroken(line, 'no record ends within 128 MiB');
  }
  yield* page((rows) => reader.finish(rows));
}

/** Yields the rows, if any, and gives the last of them. */
function* page(fill: (rows: Row[]) => void): Generator<Row[], Row | undefined> {
  const rows: Row[] = [];
  try {
    fill(rows);
  } catch (error) {
    if (rows.length > 0) yield rows;
    throw error;
  }
  const last = rows.at(-1);
  if (last) yield rows;
  return last;
}

/** The input in pieces of one size, however it comes: pages become neither tiny nor huge. */
export async function* pieces(source: DumpSource, size: number = pageBytes): AsyncGenerator<Buffer> {
  let filling = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of source.open()) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length; ) {
      if (filled === 0 && bytes.length - at >= size) {
        yield bytes.subarray(at, at + size);
        at += size;
        continue;
      }
      const copied = bytes.copy(filling, filled, at, at + size - filled);
      filled += copied;
      at += copied;
      if (filled === size) {
        yield filling;
        filling = Buffer.allocUnsafe(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield filling.subarray(0, filled);
}

/** A `BadRow` in one line. */
export function badRow(line: number, end: number, code: Problem['code'], message: string): BadRow {
  return { line, end, problem: { code, message } };
}

/** The row for a record that was taken apart. */
export function mappedRow(mapped: Mapped, line: number, end: number): Row {
  return 'fields' in mapped ? { line, end, fields: mapped.fields } : { line, end, problem: mapped.problem };
}

/** The row for a record over the limit. */
export function tooLarge(line: number, end: number): BadRow {
  return badRow(line, end, 'too-large', 'the record is too large to be held: the limit is 16 MiB');
}
