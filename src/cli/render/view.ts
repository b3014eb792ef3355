/** What the colour of a cell is to say. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim';

/** One column of a table, or one line of a record. */
export interface Column<T> {
  readonly header: string;
  value(record: T): string;
  tone?(record: T): Tone | undefined;
}

/** One line of a record. */
export interface Line {
  /** Empty if the line continues the one before it. */
  readonly label: string;
  readonly text: string;
  readonly tone?: Tone;
}

/** How a record is shown: columns for people, JSON keys for programs. */
export interface View<T> {
  readonly columns: readonly Column<T>[];
  /** The lines of a single record; if not given, the columns. */
  readonly details?: readonly Column<T>[];
  /** The lines of a single record, for records that do not all have the same ones. Goes before `details`. */
  lines?(record: T): readonly Line[];
  /** The JSON object. Its keys are listed by hand, so that a field that is added to a record never leaks by itself. */
  json(record: T): Record<string, unknown>;
  /** What `-o ids` prints; not given where records have no ids. */
  id?(record: T): string;
}
