import { parentPort } from 'node:worker_threads';
import { type HashSettings, newHash } from './new-hash.ts';

/** A password to hash, as the pool sends it. */
export interface HashJob {
  id: number;
  password: string;
  settings: HashSettings;
}

/** What came of it: the encoded hash, or what went wrong. */
export type HashAnswer = { id: number; hash: string } | { id: number; error: string };

parentPort?.on('message', async (job: HashJob) => {
  const answer: HashAnswer = await newHash(job.password, job.settings).then(
    (hash) => ({ id: job.id, hash }),
    (error: unknown) => ({ id: job.id, error: error instanceof Error ? error.message : String(error) }),
  );
  parentPort?.postMessage(answer);
});
