import { AuditRepository } from '../store/audit.ts';
import type { Connection } from '../store/dialects/index.ts';
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
    const states = await this.status();
    const drops = (name: string) =>
      states.findIndex((state) => state.name.endsWith(name) && state.appliedAt) >= count;
    const { db } = this.#connection;
    const head = drops('-audit') ? await new AuditRepository(db).head() : undefined;
    return {
      users: drops('-users') ? await new UserRepository(db, this.#connection).countAll() : 0,
      events: head?.seq ?? 0,
      headHash: head?.hash ?? null,
    };
  }
}
