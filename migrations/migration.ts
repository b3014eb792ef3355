/** What differs between databases in the text of a statement. */
export interface Spelling {
  /** Which database it is. */
  readonly database: 'sqlite' | 'postgres' | 'mysql';
  /** What follows a table's closing parenthesis. */
  readonly table: string;
  /** A text of any length. */
  readonly longText: string;
  /** A whole number up to 2^53. */
  readonly bigInteger: string;
}

/**
 * One step of the schema's history, as plain SQL: it depends on nothing of today's code, and each statement
 * can be run by itself where a database commits after every change of its schema.
 */
export interface Migration {
  /** Four digits, a hyphen and what it is about; the order is the names'. */
  readonly name: string;
  up(spelling: Spelling): readonly string[];
  down(spelling: Spelling): readonly string[];
}
