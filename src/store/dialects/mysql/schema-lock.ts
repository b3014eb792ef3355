import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { AuthctlError } from '../../../domain/errors.ts';
import { newId } from '../../../domain/id.ts';
import type { Schema } from '../../schema/types.ts';
import { codeOf } from '../server/errors.ts';
import { isMysqlConflict } from './errors.ts';

const lockName = 'authctl migrate';
/** Milliseconds between two signs of life of who holds the lock, and between two looks of who waits for it. */
const beatMs = 1000;
/** Looks without a new sign after which the holder is taken for dead: counted, since a look may wait for a change of the schema. */
const looksOfDead = 20;
/** Looks after which waiting is given up. */
const mostLooks = 60;

const table = `create table if not exists schema_migration_lock (
    id integer not null primary key,
    owner varchar(36) not null,
    beat bigint not null
  ) engine=InnoDB`;

/** Of this process: what it took, and was not told of, is still its own. */
const self = newId();

interface Lock {
  release(): Promise<void>;
}

/**
 * Keeps others from migrating; changes of the schema commit by themselves, so that no transaction can. Throws
 * `database-busy` when somebody else has been at it for a minute.
 *
 * @param cluster other connections to the database, where it is a cluster of nodes
 */
export async function lockSchema(
  tx: Kysely<Schema>,
  database: string,
  cluster: Kysely<Schema> | undefined,
): Promise<Lock> {
  const { rows } = await sql<{ got: number }>`select get_lock(${lockName}, 60) as got`.execute(tx);
  if (Number(rows[0]?.got) !== 1) throw busy(database);
  const release = async () => {
    // A connection that is gone has let go of it, and must not hide why it went.
    await sql`select release_lock(${lockName})`.execute(tx).catch(() => {});
  };
  if (!cluster) return { release };
  try {
    const lock = await lockCluster(cluster);
    if (!lock) throw busy(database);
    return { release: () => lock.release().then(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

const busy = (database: string): AuthctlError =>
  new AuthctlError('database-busy', `somebody else has been migrating ${database} for a minute`, {
    hint: 'try again when that is done',
  });

/**
 * Takes a lock that every node of a cluster sees: one row, since `GET_LOCK` and row locks are each node's own. Who
 * holds it counts it up, on a connection beside the one that works; where that stops, somebody else takes it over.
 * Gives `undefined` where somebody alive has held it all the time.
 */
async function lockCluster(db: Kysely<Schema>): Promise<Lock | undefined> {
  await sql.raw(table).execute(db);
  let seen: { owner: string; beat: number; looks: number } | undefined;
  for (let look = 0; look < mostLooks; look += 1) {
    if (await take(db)) return held(db);
    const holder = await db.selectFrom('schema_migration_lock').selectAll().executeTakeFirst();
    if (!holder) continue;
    const { owner, beat } = holder;
    const isSame = seen?.owner === owner && seen.beat === beat;
    seen = { owner, beat, looks: isSame ? (seen?.looks ?? 0) + 1 : 0 };
    if (seen.owner === self || (seen.looks >= looksOfDead && (await takeOver(db, seen)))) return held(db);
    await sleep(beatMs);
  }
  return undefined;
}

// Of several nodes that insert the row at once, the cluster lets one commit.
async function take(db: Kysely<Schema>): Promise<boolean> {
  return unlessBeaten(async () => {
    await db.insertInto('schema_migration_lock').values({ id: 1, owner: self, beat: 0 }).execute();
    return true;
  });
}

async function takeOver(
  db: Kysely<Schema>,
  { owner, beat }: { owner: string; beat: number },
): Promise<boolean> {
  return unlessBeaten(async () => {
    const { numUpdatedRows } = await db
      .updateTable('schema_migration_lock')
      .set({ owner: self, beat: 0 })
      .where('owner', '=', owner)
      .where('beat', '=', beat)
      .executeTakeFirst();
    return Number(numUpdatedRows) === 1;
  });
}

async function unlessBeaten(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === 'ER_DUP_ENTRY' || isMysqlConflict(error)) return false;
    throw error;
  }
}

function held(db: Kysely<Schema>): Lock {
  const ours = db.updateTable('schema_migration_lock').where('owner', '=', self);
  const beat = setInterval(() => {
    // One that is lost is followed by another.
    ours
      .set((lock) => ({ beat: lock('beat', '+', 1) }))
      .execute()
      .catch(() => {});
  }, beatMs);
  return {
    release: async () => {
      clearInterval(beat);
      // A row that stays is taken over; what went wrong before must not be hidden by it.
      await db
        .deleteFrom('schema_migration_lock')
        .where('owner', '=', self)
        .execute()
        .catch(() => {});
    },
  };
}
