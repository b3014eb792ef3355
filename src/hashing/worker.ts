import { parentPort } from 'node:worker_threads';
import { type HashSettings, newHash } from './new-hash.ts';

/** What a thread is to do: hash a password, or wrap the hash that a stored text is. */
export type HashTask =
  | { password: string; settings: HashSettings }
  | { text: string; settings: HashSettings };

/** A task as the pool sends it. */
export type HashJob = HashTask & { id: number };

/** What came of it: the encoded hash, or what went wrong. */
export type HashAnswer = { id: number; hash: string } | { id: number; error: string };

parentPort?.on('message', async (job: HashJob) => {
  const answer: HashAnswer = await run(job).then(
    (hash) => ({ id: job.id, hash }),
    (error: unknown) => ({ id: job.id, error: error instanceof Error ? error.message : String(error) }),
  );
  parentPort?.postMessage(answer);
});

async function run(task: HashTask): Promise<string> {
  if ('password' in task) return newHash(task.password, task.settings);
  const { wrapText } = await import('./wrap.ts');
  return wrapText(task.text, task.settings);
}
