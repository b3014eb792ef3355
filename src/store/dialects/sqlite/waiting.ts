import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { sqliteCode } from './errors.ts';

/**
 * Longest pause between two attempts at a lock, in milliseconds. SQLite itself waits up to 100, by which whoever has
 * waited for long loses to all who have just come.
 */
const longestPauseMs = 25;

/**
 * Gives what `work` gives, and begins it again for up to `timeoutMs` milliseconds while another program holds the
 * database. SQLite waits by blocking the thread; this leaves it to others meanwhile. Throws what `work` throws last.
 */
export async function patiently<T>(timeoutMs: number, work: () => T): Promise<T> {
  let waited = 0;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!sqliteCode(error)?.startsWith('SQLITE_BUSY') || waited >= timeoutMs) throw error;
    }
    // As SQLite does, the pauses are counted and not the time: on a machine with too much to do they take longer.
    const pause = Math.min(1 + waited, longestPauseMs) * (0.5 + Math.random());
    await sleep(pause);
    waited += pause;
  }
}

/** Begins a transaction that has the lock of writers from its start, waiting up to `timeoutMs` milliseconds for it. */
export function beginImmediate(database: Database.Database, timeoutMs: number): Promise<void> {
  return patiently(timeoutMs, () => {
    database.pragma('busy_timeout = 0');
    try {
      database.exec('begin immediate');
    } finally {
      database.pragma(`busy_timeout = ${timeoutMs}`);
    }
  });
}
