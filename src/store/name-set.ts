import Database from 'better-sqlite3';

/**
 * The names that a dump has held so far. They are kept in a private temporary database, which SQLite moves to
 * disk when it grows and removes by itself, so that memory does not grow with the dump.
 */
export class NameSet {
  readonly #database: Database.Database;
  readonly #add: Database.Statement<[string]>;

  constructor() {
    this.#database = new Database('');
    this.#database.pragma('journal_mode = OFF');
    this.#database.pragma('synchronous = OFF');
    // KiB. Names come in any order, and each that is not in here is a read of the disk; it fills as the dump grows.
    this.#database.pragma('cache_size = -2000');
    this.#database.exec('create table names (name text not null primary key) without rowid');
    this.#database.exec('begin');
    this.#add = this.#database.prepare('insert or ignore into names (name) values (?)');
  }

  /** Adds a name; gives whether it is new. */
  add(name: string): boolean {
    return this.#add.run(name).changes === 1;
  }

  close(): void {
    this.#database.close();
  }
}
