import type { Policy } from '../domain/policy.ts';
import type { HashPool } from '../hashing/pool.ts';
import type { ImportReport } from './import-report.ts';

interface HashingParts {
  pool: HashPool;
  judgement: { policy: Policy };
  request: { wrapWeak: boolean };
}

/** Seconds that the hashing of a rehearsed import would take on this machine, from one hash made now. */
export async function hashingSeconds(
  { credentials }: Pick<ImportReport, 'credentials'>,
  { pool, judgement, request }: HashingParts,
): Promise<number> {
  const hashed = credentials.filter(
    ({ strength }) => strength === 'none' || (request.wrapWeak && strength === 'fast'),
  );
  const count = hashed.reduce((sum, credential) => sum + credential.count, 0);
  if (count === 0) return 0;
  // The first one starts the threads.
  await pool.hash('a password', judgement.policy);
  const begin = performance.now();
  await pool.hash('a password', judgement.policy);
  return Math.ceil(((performance.now() - begin) * count) / pool.size) / 1000;
}
