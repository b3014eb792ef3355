import { AuthctlError } from '../../domain/errors.ts';
import type { ImportReport } from './report.ts';
import type { ImportParts } from './run.ts';

/** Seconds that the hashing of a rehearsed import would take, from one hash made now. */
export async function hashingSeconds(
  { credentials }: ImportReport,
  { pool, policy, request }: Pick<ImportParts, 'pool' | 'policy' | 'request'>,
): Promise<number> {
  const hashed = credentials.filter(
    ({ strength }) => strength === 'none' || (request.wrapWeak && strength === 'fast'),
  );
  const count = hashed.reduce((sum, credential) => sum + credential.count, 0);
  if (count === 0) return 0;
  // The first one starts the threads.
  await pool.hash('a password', policy);
  const begin = performance.now();
  await pool.hash('a password', policy);
  return Math.ceil(((performance.now() - begin) * count) / pool.size) / 1000;
}

/** A broken dump, told with what came in before it broke; any other error as it is. */
export function withReport(error: unknown, report: ImportReport): unknown {
  if (!(error instanceof AuthctlError) || error.code !== 'dump-broken') return error;
  const counts = `${report.created} created, ${report.updated} updated, ${report.skipped} skipped, ${report.rejected} rejected`;
  return new AuthctlError(error.code, `${error.message}; before it: ${counts}`, {
    hint: error.hint,
    details: { ...error.details, report },
    cause: error,
  });
}

/** The error of an import that was told to stop behind so many records. */
export const interruptedAfter = (rows: number, { dryRun }: { dryRun: boolean }): AuthctlError =>
  new AuthctlError('interrupted', `interrupted after ${rows} records`, {
    hint: dryRun ? undefined : 'repeat the command with --resume to go on there',
  });
