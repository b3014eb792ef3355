import { MigrationError, Umzug } from 'umzug';
import { type Migration, migrations } from '../../../migrations/index.ts';
import type { Connection } from '../dialects/index.ts';
import { readLedger, refuseForeign } from './ledger.ts';
import { type Direction, moveStep, type StepOptions } from './migration-step.ts';

/** A migration and when it was applied, `null` when it was not. */
export interface MigrationState {
  name: string;
  appliedAt: string | null;
}

/**
 * Moves the schema up and down. Umzug decides over the order; each step looks at the ledger again once it holds
 * the lock, so that parallel runs apply each migration once.
 */
export class Migrator {
  readonly #connection: Connection;
  readonly #steps: readonly Migration[];
  readonly #options: StepOptions;

  constructor(
    connection: Connection,
    now: () => Date,
    steps: readonly Migration[] = migrations,
    mark?: string,
  ) {
    this.#connection = connection;
    this.#steps = steps;
    this.#options = { now, mark };
  }

  /** All migrations in order. Throws `database-newer` and `database-incomplete`. */
  async status(): Promise<MigrationState[]> {
    const applied = await this.#applied();
    return this.#steps.map(({ name }) => ({ name, appliedAt: applied?.get(name) ?? null }));
  }

  /** Applies migrations until `count` are applied; gives the names of those that this call applied. */
  async up(count = this.#steps.length): Promise<string[]> {
    await this.#applied();
    return this.#run('up', this.#steps.slice(0, count));
  }

  /** Reverts migrations until `count` are left applied; gives the names of those that this call reverted. */
  async down(count: number): Promise<string[]> {
    const applied = await this.#applied();
    return this.#run('down', applied ? this.#steps.slice(count).reverse() : []);
  }

  async #run(direction: Direction, steps: readonly Migration[]): Promise<string[]> {
    const done: string[] = [];
    // Another run may be at the same steps: whether one is still to be done is found out under its lock.
    const options = { migrations: steps.map((step) => step.name), rerun: 'ALLOW' as const };
    try {
      if (steps.length > 0) await this.#umzug(done)[direction](options);
    } catch (error) {
      // Umzug wraps what the database or the ledger says, which alone can be explained.
      throw error instanceof MigrationError ? error.cause : error;
    }
    return done;
  }

  async #applied(): Promise<Map<string, string> | undefined> {
    const applied = await readLedger(this.#connection.db, this.#connection.dialect);
    refuseForeign(applied, this.#options.mark);
    return applied;
  }

  #umzug(done: string[]): Umzug<object> {
    const { db, dialect } = this.#connection;
    return new Umzug({
      migrations: this.#steps.map((step) => ({
        name: step.name,
        up: async () => this.#step(step, 'up', done),
        down: async () => this.#step(step, 'down', done),
      })),
      context: {},
      logger: undefined,
      storage: {
        executed: async () => [...((await readLedger(db, dialect))?.keys() ?? [])],
        // Both are written in the step's own transaction.
        logMigration: async () => {},
        unlogMigration: async () => {},
      },
    });
  }

  async #step(step: Migration, direction: Direction, done: string[]): Promise<void> {
    const changed = await moveStep(this.#connection, this.#steps, step, direction, this.#options);
    if (changed) done.push(step.name);
  }
}
