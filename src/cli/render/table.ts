import type { ChalkInstance } from 'chalk';
import { escapeText } from '../../domain/text.ts';
import type { Column, Line, Tone, View } from './view.ts';

/** Colours a text, or gives it back as it is where colours are off. */
export type Paint = (tone: Tone | 'head', text: string) => string;

/** How texts are coloured; nothing is coloured unless `colored`. */
export async function painter(colored: boolean): Promise<Paint> {
  if (!colored) return (_tone, text) => text;
  const { Chalk } = await import('chalk');
  const chalk: ChalkInstance = new Chalk({ level: 1 });
  const tones = { good: chalk.green, bad: chalk.red, warn: chalk.yellow, dim: chalk.dim, head: chalk.bold };
  return (tone, text) => tones[tone](text);
}

const plainBorders = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
    .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((border) => [border, border === 'middle' ? '  ' : '']),
);

function cell<T>(column: Column<T>, record: T, paint: Paint): string {
  const text = escapeText(column.value(record));
  const tone = column.tone?.(record);
  return tone ? paint(tone, text) : text;
}

/** Lines of a table without borders, for one page of records. */
export async function tableLines<T>(
  view: View<T>,
  rows: readonly T[],
  header: boolean,
  paint: Paint,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    ...(header && { head: view.columns.map((column) => paint('head', column.header)) }),
    chars: plainBorders,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(view.columns.map((column) => cell(column, row, paint)));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** One record as lines, each with a label and a value. */
export function recordLines<T>(view: View<T>, data: T, paint: Paint): string {
  const lines = view.lines?.(data) ?? (view.details ?? view.columns).map((column) => lineOf(column, data));
  const width = Math.max(...lines.map(({ label }) => label.length));
  return lines
    .map(({ label, text, tone }) => {
      const shown = escapeText(text);
      return `${paint('head', label.padEnd(width))}  ${tone ? paint(tone, shown) : shown}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join('');
}

function lineOf<T>({ header, value, tone }: Column<T>, data: T): Line {
  const found = tone?.(data);
  return { label: header, text: value(data), ...(found && { tone: found }) };
}
