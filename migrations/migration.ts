/** The parts of an SQL statement that differ between databases. */
export interface Spelling {
  /** The database that the statement is for. */
  readonly database: 'sqlite' | 'postgres' | 'mysql';
  /** What follows a table's closing parenthesis. */
  readonly table: string;
  /** Type of a text of any length. */
  readonly longText: string;
  /** Type of a whole number up to 2^53. */
  readonly bigInteger: string;
}

/**
 * One step of the schema's history, in plain SQL. It uses none of the program's other code, so that it stays as it is
 * when that changes. Some databases commit after every change of the schema: each statement can be run by itself.
 */
export interface Migration {
  /** Four digits, a hyphen and a subject; migrations are applied in the order of their names. */
  readonly name: string;
  up(spelling: Spelling): readonly string[];
  down(spelling: Spelling): readonly string[];
}
