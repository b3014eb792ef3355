import type { View } from './view.ts';

/** What a command gives back: data with the view that shows it. The renderer formats it. */
export type Result =
  | {
      kind: 'record';
      view: View<never>;
      data: unknown;
      message: string | undefined;
      /**
       * A secret that is printed this once, alone on standard output; the message then goes to standard error. `null`
       * for a command that could have printed one and has none this time: standard output then stays empty.
       */
      alone: string | null | undefined;
      /** What to do where nobody has got the secret that is in the result; `undefined` where there is none. */
      ifLost: string | undefined;
      exitCode: number;
    }
  | {
      kind: 'list';
      view: View<never>;
      pages: AsyncIterable<unknown[]>;
      end: (() => Promise<number>) | undefined;
      empty: string;
      /** The exit code depends on all pages: they are gone through to the end, whether anybody reads or not. */
      whole: boolean;
    }
  | { kind: 'dump'; text: AsyncIterable<string>; end: () => Promise<number> };

/** A result of one record. With the output `table`, `message` is printed instead of the record if it is given. */
export function record<T>(
  view: View<T>,
  data: T,
  options: {
    message?: string;
    alone?: string | null | undefined;
    ifLost?: string | undefined;
    exitCode?: number;
  } = {},
): Result {
  return {
    kind: 'record',
    view: view as View<never>,
    data,
    message: options.message,
    alone: options.alone,
    ifLost: options.ifLost,
    exitCode: options.exitCode ?? 0,
  };
}

/**
 * A result of many records, in pages. `end` gives the exit code after the last, or after the reader has gone; with
 * `whole` all pages are gone through even then. `empty` is printed if there was no record.
 */
export function list<T>(
  view: View<T>,
  pages: AsyncIterable<T[]>,
  options: { end?: () => Promise<number>; empty?: string; whole?: boolean } = {},
): Result {
  return {
    kind: 'list',
    view: view as View<never>,
    pages,
    end: options.end,
    empty: options.empty ?? 'nothing found',
    whole: options.whole ?? false,
  };
}

/** A result that is a text in its own format, which `--output` does not change. `end` is called after it. */
export function dump(text: AsyncIterable<string>, options: { end: () => Promise<number> }): Result {
  return { kind: 'dump', text, end: options.end };
}

/** Rows that are there already, as the pages of a list. */
export async function* onePage<T>(rows: T[]): AsyncGenerator<T[]> {
  yield rows;
}
