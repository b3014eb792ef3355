import type { PageReader, Row } from '../../src/dumps/engine/pages.ts';
import { DumpBroken, type DumpFormat, type DumpSource } from '../../src/dumps/format.ts';

/** What reading a whole input gave. */
export interface Outcome {
  readonly rows: Row[];
  readonly broken: { line: number; message: string } | undefined;
}

/** An input that comes in chunks of `size` bytes. */
export function sourceOf(content: string | Uint8Array, size = 65_536, path?: string): DumpSource {
  const bytes = Buffer.from(content);
  return {
    path,
    async *open() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
}

/** Reads all of `source`; anything but `DumpBroken` passes through. */
export async function readAll(format: DumpFormat, source: DumpSource): Promise<Outcome> {
  const rows: Row[] = [];
  try {
    for await (const page of format.read(source)) rows.push(...page);
  } catch (error) {
    if (!(error instanceof DumpBroken)) throw error;
    return { rows, broken: { line: error.line, message: error.message } };
  }
  return { rows, broken: undefined };
}

/** Pushes `content` into a reader in chunks of exactly `size` bytes, which `DumpFormat.read` would regroup. */
export function pushAll(reader: PageReader, content: string | Uint8Array, size: number): Outcome {
  const bytes = Buffer.from(content);
  const rows: Row[] = [];
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const page: Row[] = [];
      // A copy that is overwritten afterwards: a reader that keeps the chunk beyond its call then fails the test.
      const chunk = Buffer.from(bytes.subarray(at, at + size));
      try {
        reader.push(chunk, page);
      } finally {
        rows.push(...page);
        chunk.fill(0x58);
      }
    }
    const page: Row[] = [];
    try {
      reader.finish(page);
    } finally {
      rows.push(...page);
    }
  } catch (error) {
    if (!(error instanceof DumpBroken)) throw error;
    return { rows, broken: { line: error.line, message: error.message } };
  }
  return { rows, broken: undefined };
}

/** The fields of the good rows, as plain objects. */
export function fieldsIn(outcome: Outcome): Record<string, unknown>[] {
  return outcome.rows.flatMap((row) => ('fields' in row ? [{ ...row.fields }] : []));
}

/** The problems of the bad rows, as `line code`. */
export function problemsIn(outcome: Outcome): string[] {
  return outcome.rows.flatMap((row) => ('problem' in row ? [`${row.line} ${row.problem.code}`] : []));
}
