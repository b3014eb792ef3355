import { parentPort } from 'node:worker_threads';
import { type HashSettings, newHash } from './new-hash.ts';
import { identify } from './registry.ts';
import { verify } from './verification.ts';

/** What a thread is to do: hash a password, wrap the hash that a stored text is, or verify a password against it. */
export type HashTask =
  | { kind: 'hash'; password: string; settings: HashSettings }
  | { kind: 'wrap'; text: string; settings: HashSettings }
  | { kind: 'verify'; text: string; password: string };

/** A task as the pool sends it. */
export type HashJob = HashTask & { id: number };

/** What came of it: the encoded hash or a `Verification`, or what went wrong. */
export type HashAnswer = { id: number; hash: string } | { id: number; error: string };

parentPort?.on('message', async (job: HashJob) => {
  const answer: HashAnswer = await run(job).then(
    (hash) => ({ id: job.id, hash }),
    (error: unknown) => ({ id: job.id, error: error instanceof Error ? error.message : String(error) }),
  );
  parentPort?.postMessage(answer);
});

async function run(task: HashTask): Promise<string> {
  if (task.kind === 'hash') return newHash(task.password, task.settings);
  if (task.kind === 'verify') {
    const identified = await identify(task.text);
    return identified ? verify(identified.hash, task.password) : 'unverifiable';
  }
  const { wrapText } = await import('./wrap.ts');
  return wrapText(task.text, task.settings);
}
