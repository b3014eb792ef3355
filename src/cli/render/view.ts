/** How a cell is set off on a terminal. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim';

/** One column of a table, or one line of a record. */
export interface Column<T> {
  readonly header: string;
  value(record: T): string;
  tone?(record: T): Tone | undefined;
}

/** What a record shows: columns for people, keys for programs. */
export interface View<T> {
  readonly columns: readonly Column<T>[];
  /** Lines of a single record, where they are more than the columns of a list. */
  readonly details?: readonly Column<T>[];
  /** Keys written by hand, so that nothing leaks by being added to a record. */
  json(record: T): Record<string, unknown>;
  /** What `-o ids` prints; without it, the view has no ids. */
  id?(record: T): string;
}
