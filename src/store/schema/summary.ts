import { AuthctlError } from '../../domain/errors.ts';
import type { Connection } from '../dialects/index.ts';
import { AuditRepository } from '../repositories/audit.ts';
import { UserRepository } from '../repositories/users/users.ts';

/** How much a database of any schema holds; `null` where its schema, or damage, keeps that from being known. */
export interface DatabaseSummary {
  users: number | null;
  events: number | null;
  headHash: string | null;
}

/** Counts what a database holds, whatever its schema. */
export async function readSummary(connection: Connection): Promise<DatabaseSummary> {
  const { db, dialect } = connection;
  const known = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      const isUnknown =
        dialect.isMissingTable(error) || (error instanceof AuthctlError && error.code === 'audit-damaged');
      if (isUnknown) return null;
      throw error;
    }
  };
  const users = await known(() => new UserRepository(db, connection).countAll());
  const head = await known(() => new AuditRepository(db).head());
  return { users, events: head?.seq ?? null, headHash: head?.hash ?? null };
}
