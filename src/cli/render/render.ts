import { type CsvValue, csvLine } from '../../domain/csv.ts';
import { AuthctlError } from '../../domain/errors.ts';
import { escapeText } from '../../domain/text.ts';
import { PipeClosed, tell, write } from '../../io/output.ts';
import type { OutputFormat } from '../../settings/settings.ts';
import type { Terminal } from '../terminal.ts';
import { toJson } from './json.ts';
import type { Result } from './result.ts';
import { type Paint, recordLines, tableLines } from './table.ts';
import type { View } from './view.ts';

/** Where and how results are printed. */
export interface Rendering {
  terminal: Terminal;
  output: OutputFormat;
  paint: Paint;
}

/**
 * Prints a result to standard output and gives the exit code, which is the result's own also where the reader has gone
 * before the end. Throws `OutputFailed` where nothing can be written, and `PipeClosed` for a secret that nobody has got.
 */
export async function render(result: Result, rendering: Rendering): Promise<number> {
  try {
    if (result.kind === 'list') return await renderList(result, rendering);
    if (result.kind === 'dump') return await renderDump(result, rendering.terminal);
    return await renderRecord(result, rendering);
  } catch (error) {
    if (!(error instanceof PipeClosed)) throw error;
    if (result.kind === 'list') return (await result.end?.()) ?? 0;
    // A dump that is not read to its end is neither counted nor warned of.
    if (result.kind === 'dump') return 0;
    if (result.ifLost !== undefined) throw error;
    return result.exitCode;
  }
}

async function renderRecord(result: RecordResult, rendering: Rendering): Promise<number> {
  const { terminal, output } = rendering;
  if (output === 'table' && result.alone !== undefined) {
    if (result.alone !== null) await write(terminal.stdout, `${result.alone}\n`);
    if (result.message !== undefined) await tell(terminal.stderr, `${escapeText(result.message)}\n`);
    return result.exitCode;
  }
  await write(terminal.stdout, await recordText(result, rendering));
  return result.exitCode;
}

type RecordResult = Extract<Result, { kind: 'record' }>;

async function recordText(
  { view, data, message }: RecordResult,
  { output, paint }: Rendering,
): Promise<string> {
  // `record` and `list` have checked that the view fits the data; `Result` no longer knows its type.
  const shown = data as never;
  if (output === 'json') return `${toJson(view.json(shown), 2)}\n`;
  if (output === 'ndjson') return `${toJson(view.json(shown))}\n`;
  if (output === 'csv') return csvText(view, [data], true);
  if (output === 'ids') return idLines(view, [data]);
  return message === undefined ? recordLines(view, shown, paint) : `${escapeText(message)}\n`;
}

async function renderDump({ text, end }: Extract<Result, { kind: 'dump' }>, terminal: Terminal) {
  for await (const piece of text) {
    const shown = terminal.stdoutIsTTY ? piece.split('\n').map(escapeText).join('\n') : piece;
    await write(terminal.stdout, shown);
  }
  return end();
}

type ListResult = Extract<Result, { kind: 'list' }>;

async function renderList(result: ListResult, rendering: Rendering): Promise<number> {
  const { terminal, output } = rendering;
  const writer = await pageWriter(result, rendering);
  let isRead = true;
  const put = async (text: string) => {
    if (!isRead || text === '') return;
    try {
      await write(terminal.stdout, text);
    } catch (error) {
      if (!result.whole || !(error instanceof PipeClosed)) throw error;
      isRead = false;
    }
  };
  let count = 0;
  for await (const page of result.pages) {
    if (page.length > 0) await put(await writer.page(page, count === 0));
    count += page.length;
  }
  await put(writer.end(count));
  if (count === 0 && output === 'table') await tell(terminal.stderr, `${result.empty}\n`);
  return (await result.end?.()) ?? 0;
}

interface PageWriter {
  page(rows: unknown[], first: boolean): Promise<string> | string;
  end(count: number): string;
}

async function pageWriter({ view }: ListResult, { output, paint }: Rendering): Promise<PageWriter> {
  const nothing = () => '';
  const json = (rows: unknown[]) => rows.map((row) => toJson(view.json(row as never)));
  switch (output) {
    case 'json':
      return {
        page: (rows, first) => `${first ? '[\n' : ',\n'}${json(rows).join(',\n')}`,
        end: (count) => (count === 0 ? '[]\n' : '\n]\n'),
      };
    case 'ndjson':
      return { page: (rows) => `${json(rows).join('\n')}\n`, end: nothing };
    case 'csv':
      return { page: (rows, first) => csvText(view, rows, first), end: nothing };
    case 'ids':
      return { page: (rows) => idLines(view, rows), end: nothing };
    case 'table':
      return { page: (rows, first) => tableLines(view as View<unknown>, rows, first, paint), end: nothing };
  }
}

function csvText(view: View<never>, rows: unknown[], header: boolean): string {
  const records = rows.map((row) => Object.entries(view.json(row as never)));
  const names = header && records[0] ? csvLine(records[0].map(([key]) => key)) : '';
  const text =
    names + records.map((entries) => csvLine(entries.map(([, value]) => csvValue(value)))).join('');
  // A pipe may end at a terminal too; programs that need every character take JSON.
  return text.split('\n').map(escapeText).join('\n');
}

const csvValue = (value: unknown): CsvValue => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof Date ? value.toISOString() : toJson(value);
};

function idLines(view: View<never>, rows: unknown[]): string {
  const { id } = view;
  if (!id) throw noIds();
  return rows.map((row) => `${id(row as never)}\n`).join('');
}

/** The error of `-o ids` for a command whose result has no ids. */
export const noIds = (): AuthctlError =>
  new AuthctlError('usage', 'this command has no ids to print', { hint: 'use another --output' });
