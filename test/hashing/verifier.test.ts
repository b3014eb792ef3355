import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { identify, LazyVerifier } from '../../src/hashing/index.ts';
import type { ParsedHash } from '../../src/hashing/scheme.ts';

const workerFile = join(import.meta.dirname, '../../dist/hash-worker.cjs');

function testVerifier(cores = 2) {
  const threads: Worker[] = [];
  const onWorker = (worker: Worker) => threads.push(worker);
  process.on('worker', onWorker);
  const verifier = new LazyVerifier(workerFile, cores);
  onTestFinished(async () => {
    process.off('worker', onWorker);
    await verifier.close();
  });
  return { verifier, threads };
}

async function known(text: string): Promise<ParsedHash> {
  const hash = (await identify(text))?.hash;
  if (!hash) throw new Error('no scheme takes the text');
  return hash;
}

/** SHA-crypt of `password` with many rounds: about a second in JavaScript. */
async function slowHash(): Promise<ParsedHash> {
  const setting = `$6$rounds=300000$saltsalt$${'.'.repeat(86)}`;
  const hash = await known(setting);
  return known(hash.text(await hash.compute('password')));
}

test('a hash in slow JavaScript is verified on threads, and the event loop is free meanwhile', async () => {
  const { verifier, threads } = testVerifier();
  const hash = await slowHash();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);

  const found = await Promise.all([
    verifier.verify(hash, 'password'),
    verifier.verify(hash, 'another'),
    verifier.verify(hash, ''),
  ]);

  clearInterval(timer);
  expect(found).toEqual(['right', 'wrong', 'wrong']);
  expect(turns).toBeGreaterThan(10);
  expect(threads.length).toBeGreaterThan(0);
});

test('a hash that a native engine verifies in the background needs no thread', async () => {
  const { verifier, threads } = testVerifier();
  const hash = await known('$2b$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC');
  expect(await verifier.verify(hash, 'password')).toBe('wrong');
  expect(threads).toEqual([]);
});

/** A hash whose computations are counted, and end when they are told to. */
function gatedHash(memoryKiB: number) {
  const gates: (() => void)[] = [];
  const state = { running: 0, most: 0 };
  const hash: ParsedHash = {
    parameters: { memoryKiB },
    strength: 'good',
    digest: Uint8Array.of(1),
    async compute() {
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      await new Promise<void>((resolve) => gates.push(resolve));
      state.running -= 1;
      return Uint8Array.of(1);
    },
    text: () => 'gated',
  };
  return { hash, gates, state };
}

test.each([
  ['no more than there are cores', 1024, 3, 3],
  ['no more than a GiB of memory allows', 512 * 1024, 3, 2],
  ['one that takes all the memory alone', 2 * 1024 * 1024, 3, 1],
])('as many run at once as may: %s', async (_what, memoryKiB, cores, most) => {
  const { verifier } = testVerifier(cores);
  const { hash, gates, state } = gatedHash(memoryKiB);
  const all = Array.from({ length: 7 }, () => verifier.verify(hash, 'password'));
  for (let opened = 0; opened < all.length; ) {
    await new Promise(setImmediate);
    const gate = gates.shift();
    if (!gate) continue;
    opened += 1;
    gate();
  }
  expect(await Promise.all(all)).toEqual(Array(7).fill('right'));
  expect(state).toEqual({ running: 0, most });
});
