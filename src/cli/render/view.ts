/** How a cell is set off on a terminal. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim';

/** One column of a table, or one line of a record. */
export interface Column<T> {
  readonly header: string;
  value(record: T): string;
  tone?(record: T): Tone | undefined;
}

/** One line of a record whose lines are not always the same. */
export interface Line {
  /** Empty where the line goes on with what the one before is about. */
  readonly label: string;
  readonly text: string;
  readonly tone?: Tone;
}

/** What a record shows: columns for people, keys for programs. */
export interface View<T> {
  readonly columns: readonly Column<T>[];
  /** Lines of a single record, where they are more than the columns of a list. */
  readonly details?: readonly Column<T>[];
  /** All lines of a single record, where they depend on it. */
  lines?(record: T): readonly Line[];
  /** Keys written by hand, so that nothing leaks by being added to a record. */
  json(record: T): Record<string, unknown>;
  /** What `-o ids` prints; without it, the view has no ids. */
  id?(record: T): string;
}
