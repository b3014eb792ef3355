import type { Connection } from '../../store/dialects/index.ts';
import { type AuditEventRow, countTables, readLedger } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';

/** How much a table holds; `bytes` with its indexes, and an estimate on some servers. */
export interface TableInfo {
  table: string;
  rows: number;
  bytes: number;
}

/** Place and time of an audit event. */
export interface EventInfo {
  seq: number;
  at: string;
}

/** What a database is and how much it holds. */
export interface DatabaseInfo {
  /** Product and version. */
  engine: string;
  bytes: number;
  /** Of a write-ahead log that is a file of its own. */
  logBytes: number | null;
  /** Name of the newest migration that is applied, which is the version of the schema. */
  schema: string;
  migrations: number;
  tables: TableInfo[];
  oldestEvent: EventInfo | null;
  newestEvent: EventInfo | null;
}

/** Tells what a database is. */
export class DatabaseInfoService {
  readonly #context: ServiceContext;
  readonly #connection: Connection;

  constructor(context: ServiceContext, connection: Connection) {
    this.#context = context;
    this.#connection = connection;
  }

  async show(): Promise<DatabaseInfo> {
    const { db, dialect } = this.#connection;
    const { events } = this.#context.store;
    const inspector = await this.#connection.inspector();
    const { database, log, tables } = await inspector.sizes();
    const migrations = [...((await readLedger(db, dialect))?.keys() ?? [])];
    const counts = await countTables(db);
    const [oldest] = await events.page({}, { limit: 1 });
    const [newest] = await events.page({}, { descending: true, limit: 1 });
    return {
      engine: await inspector.engine(),
      bytes: database,
      logBytes: log,
      schema: migrations.at(-1) ?? '',
      migrations: migrations.length,
      tables: [...counts].map(([table, rows]) => ({ table, rows, bytes: tables.get(table) ?? 0 })),
      oldestEvent: eventInfo(oldest),
      newestEvent: eventInfo(newest),
    };
  }
}

const eventInfo = (row: AuditEventRow | undefined): EventInfo | null =>
  row ? { seq: Number(row.seq), at: row.at } : null;
