import { finished } from 'node:stream/promises';
import type { QueryResult } from 'kysely';
import type { PoolClient } from 'pg';
import { from } from 'pg-copy-streams';

/** How a statement begins that takes rows as a stream; its only parameter is their text. */
export const copyStart = 'copy ';

/** Rows in the text format of `COPY`: PostgreSQL documentation, COPY, "File Formats". */
export function copyText(rows: readonly object[]): string {
  let text = '';
  for (const row of rows) {
    const cells = Object.values(row);
    for (let index = 0; index < cells.length; index += 1) {
      text += index === 0 ? cellText(cells[index]) : `\t${cellText(cells[index])}`;
    }
    text += '\n';
  }
  return text;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function cellText(value: unknown): string {
  if (value === null) return '\\N';
  const text = String(value);
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (one) => escapes[one] ?? one) : text;
}

/** Sends the rows of a `COPY … FROM STDIN`. */
export async function copyIn(client: PoolClient, text: string, rows: string): Promise<QueryResult<unknown>> {
  const stream = client.query(from(text));
  stream.end(rows);
  await finished(stream);
  return { rows: [] };
}
