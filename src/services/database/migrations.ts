import type { Connection } from '../../store/dialects/index.ts';
import { type MigrationState, Migrator, type WhatIsLost, whatIsLost } from '../../store/index.ts';

export type { MigrationState } from '../../store/index.ts';

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
  lost(count: number): Promise<WhatIsLost> {
    return whatIsLost(this.#connection, count);
  }
}
