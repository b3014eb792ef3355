import type { Finding } from '../../domain/finding.ts';

/** Room that a database takes, in bytes. */
export interface Sizes {
  database: number;
  /** A write-ahead log that is a file of its own; `null` where there is none. */
  log: number | null;
  /** Each table with its indexes. */
  tables: ReadonlyMap<string, number>;
}

/** Looks at a database from the inside, as its operator would. It changes nothing. */
export interface Inspector {
  /** Product and version: `PostgreSQL 15.20`. */
  engine(): Promise<string>;
  /** What keeps a commit from being durable, or the program from working. */
  settings(): Promise<Finding[]>;
  /** Goes through everything that is stored, where the database can. */
  integrity(): Promise<Finding[]>;
  /**
   * How the schema differs from the one that these statements make: tables, columns, indexes, triggers and views that
   * were added, changed or removed; in words for people.
   */
  schemaFaults(statements: readonly string[]): Promise<string[]>;
  /** Names of the triggers that are there and at work. */
  triggers(): Promise<ReadonlySet<string>>;
  /** The server's clock in milliseconds since 1970; `undefined` where it is the one of this machine. */
  clock(): Promise<number | undefined>;
  sizes(): Promise<Sizes>;
}
