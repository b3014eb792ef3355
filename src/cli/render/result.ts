import type { View } from './view.ts';

/** What a command gives back, still unformatted. */
export type Result =
  | {
      kind: 'record';
      view: View<never>;
      data: unknown;
      message: string | undefined;
      /** `null` where there is no secret this time: standard output stays empty, for whoever expects one. */
      alone: string | null | undefined;
      exitCode: number;
    }
  | {
      kind: 'list';
      view: View<never>;
      pages: AsyncIterable<unknown[]>;
      end: (() => Promise<number>) | undefined;
      empty: string;
    }
  | { kind: 'dump'; text: AsyncIterable<string>; end: () => Promise<number> };

/** One record; in a table, `message` stands in its place when given. */
export function record<T>(
  view: View<T>,
  data: T,
  options: { message?: string; alone?: string | null | undefined; exitCode?: number } = {},
): Result {
  return {
    kind: 'record',
    view: view as View<never>,
    data,
    message: options.message,
    /** A secret that is printed once, alone on standard output; the message then goes to standard error. */
    alone: options.alone,
    exitCode: options.exitCode ?? 0,
  };
}

/** Many records, in pages; `end` is called after the last and gives the exit code, `empty` told when there was none. */
export function list<T>(
  view: View<T>,
  pages: AsyncIterable<T[]>,
  options: { end?: () => Promise<number>; empty?: string } = {},
): Result {
  return {
    kind: 'list',
    view: view as View<never>,
    pages,
    end: options.end,
    empty: options.empty ?? 'nothing found',
  };
}

/** Text in a format of its own, whatever the output format; `end` is called after it and gives the exit code. */
export function dump(text: AsyncIterable<string>, options: { end: () => Promise<number> }): Result {
  return { kind: 'dump', text, end: options.end };
}

/** Pages of what is at hand already. */
export async function* onePage<T>(rows: T[]): AsyncGenerator<T[]> {
  yield rows;
}
