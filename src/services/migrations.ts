import { AuditRepository } from '../store/audit.ts';
import type { Connection } from '../store/dialects/index.ts';
import { readLedger } from '../store/ledger.ts';
import { type MigrationState, Migrator } from '../store/migrator.ts';

export type { MigrationState } from '../store/migrator.ts';

import { UserRepository } from '../store/users.ts';

/** What reverting all migrations destroys. */
export interface WhatIsLost {
  users: number;
  events: number;
  /** Hash of the newest audit event, the last witness of the log. */
  headHash: string | null;
}

/** The schema's state and its moves. */
export class MigrationService {
  readonly #connection: Connection;
  readonly #migrator: Migrator;

  constructor(connection: Connection, now: () => Date) {
    this.#connection = connection;
    this.#migrator = new Migrator(connection, now);
  }

  status(): Promise<MigrationState[]> {
    return this.#migrator.status();
  }

  /** Applies migrations until `count` of them are applied, all without it. */
  async up(count?: number): Promise<{ changed: string[]; migrations: MigrationState[] }> {
    const changed = await this.#migrator.up(count);
    return { changed, migrations: await this.status() };
  }

  /** Reverts migrations until `count` of them are left. */
  async down(count: number): Promise<{ changed: string[]; migrations: MigrationState[] }> {
    const changed = await this.#migrator.down(count);
    return { changed, migrations: await this.status() };
  }

  /** What is in the tables that going down to `count` would drop. */
  async lost(count: number): Promise<WhatIsLost> {
    const { db } = this.#connection;
    // Under the write lock, or a parallel run could take back a table before it is counted.
    return db.transaction().execute(async (tx) => {
      const applied = [...((await readLedger(tx))?.keys() ?? [])];
      const drops = (name: string) => applied.findIndex((one) => one.endsWith(name)) >= count;
      const head = drops('-audit') ? await new AuditRepository(tx).head() : undefined;
      return {
        users: drops('-users') ? await new UserRepository(tx, this.#connection).countAll() : 0,
        events: head?.seq ?? 0,
        headHash: head?.hash ?? null,
      };
    });
  }
}
