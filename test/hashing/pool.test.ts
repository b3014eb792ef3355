import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { HashPool, type HashSettings, identify, matches } from '../../src/hashing/index.ts';
import { testFolder } from '../folder.ts';

const workerFile = join(import.meta.dirname, '../../dist/hash-worker.cjs');
const settings: HashSettings = {
  scheme: 'bcrypt',
  bcryptCost: 4,
  argon2Memory: 64,
  argon2Passes: 1,
  argon2Lanes: 1,
};
const slow: HashSettings = { ...settings, bcryptCost: 7 };

/** A pool of two threads, and the threads that this process has started and that still run. */
function testPool(file = workerFile) {
  const running = new Set<Worker>();
  const onWorker = (worker: Worker) => {
    running.add(worker);
    worker.once('exit', () => running.delete(worker));
  };
  process.on('worker', onWorker);
  const pool = new HashPool(file, 2);
  onTestFinished(async () => {
    process.off('worker', onWorker);
    await pool.close();
  });
  return { pool, running };
}

/** The real worker, but `deadly` ends its thread. */
function fragileWorker(): string {
  const file = join(testFolder(), 'fragile.cjs');
  const source = `
    require('node:worker_threads').parentPort.on('message', ({ password }) => {
      if (password === 'deadly') process.exit(7);
      if (password === 'faulty') throw new Error('a fault of the thread');
    });
    require(${JSON.stringify(workerFile)});`;
  writeFileSync(file, source);
  return file;
}

const passwords = (count: number) => Array.from({ length: count }, (_, index) => `password ${index}`);

async function expectHashes(hashes: readonly string[]): Promise<void> {
  for (const [index, text] of hashes.entries()) {
    const hash = (await identify(text))?.hash;
    expect(hash && (await matches(hash, `password ${index}`))).toBe(true);
  }
}

test('when a thread is killed, others do its jobs and another takes its place', async () => {
  const { pool, running } = testPool();
  const hashes = passwords(24).map((password) => pool.hash(password, slow));
  await hashes[0];
  const [killed] = running;
  expect(running.size).toBe(2);

  await killed?.terminate();

  await expectHashes(await Promise.all(hashes));
  await expectHashes(await Promise.all(passwords(8).map((password) => pool.hash(password, slow))));
  expect(running.size).toBe(2);
  expect(running).not.toContain(killed);
});

test('when all threads are killed, one by one, every job is still done', async () => {
  const { pool, running } = testPool();
  const hashes = passwords(24).map((password) => pool.hash(password, slow));
  for (const at of [0, 5, 10, 15]) {
    await hashes[at];
    await [...running][0]?.terminate();
  }
  await expectHashes(await Promise.all(hashes));
});

test('threads that are killed while they are idle are replaced when there is work again', async () => {
  const { pool, running } = testPool();
  await Promise.all(passwords(4).map((password) => pool.hash(password, settings)));
  for (const worker of [...running]) await worker.terminate();
  expect(running.size).toBe(0);

  await expectHashes(await Promise.all(passwords(4).map((password) => pool.hash(password, settings))));
});

test('a job that ends every thread that has it fails, and no other job does', async () => {
  const { pool } = testPool(fragileWorker());
  const before = passwords(6).map((password) => pool.hash(password, settings));
  const deadly = pool.hash('deadly', settings);
  const faulty = pool.hash('faulty', settings);
  const after = passwords(6).map((password) => pool.hash(password, settings));

  const [first, second] = await Promise.allSettled([deadly, faulty]);
  expect(first).toMatchObject({ reason: { message: '3 threads ended (exit 7) at one hash' } });
  expect(second).toMatchObject({ reason: { cause: { message: 'a fault of the thread' } } });
  await expectHashes(await Promise.all(before));
  await expectHashes(await Promise.all(after));
});

test('a worker that cannot be loaded fails its jobs', async () => {
  const { pool } = testPool('/nowhere/hash-worker.cjs');
  await expect(pool.hash('password', settings)).rejects.toThrow('3 threads ended');
});

test('jobs that are not done fail when the pool is closed, and so do later ones', async () => {
  const { pool, running } = testPool();
  const hashes = Promise.allSettled(passwords(24).map((password) => pool.hash(password, slow)));
  await pool.close();

  const failed = (await hashes).filter(({ status }) => status === 'rejected');
  expect(failed.length).toBeGreaterThan(0);
  await expect(pool.hash('password', settings)).rejects.toThrow('were ended');
  expect(running.size).toBe(0);
});
