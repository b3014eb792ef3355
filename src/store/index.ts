import { type Connection, type OpenOptions, opener } from './dialects/index.ts';
import { requireCurrentSchema } from './schema/ledger.ts';
import { Store } from './store.ts';

export type { Held, Repositories, Transaction } from './store.ts';
export { Store } from './store.ts';

/** Opens the database at `location` without looking at its schema. */
export async function openConnection(location: string, options: OpenOptions): Promise<Connection> {
  const open = await opener(location);
  return open(location, options);
}

/** A store over a connection whose schema is this program's; throws where it is not. */
export async function openStore(connection: Connection, now: () => Date): Promise<Store> {
  await requireCurrentSchema(connection);
  return new Store(connection, now);
}
