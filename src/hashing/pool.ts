import { Worker } from 'node:worker_threads';
import type { HashSettings } from './new-hash.ts';
import type { HashAnswer, HashJob, HashTask } from './worker.ts';

interface Waiting {
  resolve(hash: string): void;
  reject(error: Error): void;
}

interface Member {
  worker: Worker;
  waiting: Map<number, Waiting>;
}

// The next job is there when one is done, without a way to the main thread and back in between.
const jobsPerWorker = 2;

/**
 * Threads that hash passwords, one for each core. Jobs are taken in the order in which they came; a caller
 * that hands in more than it can keep in memory bounds itself.
 */
export class HashPool {
  readonly #file: string;
  readonly #size: number;
  readonly #queue: { job: HashJob; waiting: Waiting }[] = [];
  #members: Member[] = [];
  #next = 0;

  /** @param file the built worker; @param size threads, as many as there are cores */
  constructor(file: string, size: number) {
    this.#file = file;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** The encoded hash of a password in NFC. */
  hash(password: string, settings: HashSettings): Promise<string> {
    return this.#run({ password, settings });
  }

  /** The text that replaces a weak hash; fails where `wrapProblem` finds something. */
  wrap(text: string, settings: HashSettings): Promise<string> {
    return this.#run({ text, settings });
  }

  #run(task: HashTask): Promise<string> {
    if (this.#members.length === 0) this.#members = Array.from({ length: this.#size }, () => this.#start());
    this.#next += 1;
    const job: HashJob = { id: this.#next, ...task };
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, waiting: { resolve, reject } });
      this.#feed();
    });
  }

  /** Ends the threads; jobs that are not done fail. */
  async close(): Promise<void> {
    const members = this.#members;
    this.#members = [];
    this.#queue.length = 0;
    await Promise.all(members.map((member) => member.worker.terminate()));
  }

  #start(): Member {
    const member: Member = { worker: new Worker(this.#file), waiting: new Map() };
    member.worker.on('message', (answer: HashAnswer) => {
      const waiting = member.waiting.get(answer.id);
      member.waiting.delete(answer.id);
      this.#feed();
      if ('hash' in answer) waiting?.resolve(answer.hash);
      else waiting?.reject(new Error(answer.error));
    });
    member.worker.on('error', (error) => {
      for (const waiting of member.waiting.values()) waiting.reject(error);
      for (const { waiting } of this.#queue.splice(0)) waiting.reject(error);
    });
    member.worker.unref();
    return member;
  }

  #feed(): void {
    for (let free = this.#freest(); free && this.#queue.length > 0; free = this.#freest()) {
      const entry = this.#queue.shift();
      if (!entry) return;
      free.waiting.set(entry.job.id, entry.waiting);
      free.worker.ref();
      free.worker.postMessage(entry.job);
    }
    for (const member of this.#members) if (member.waiting.size === 0) member.worker.unref();
  }

  #freest(): Member | undefined {
    const [first, ...others] = this.#members;
    const freest = others.reduce(
      (best, one) => (one.waiting.size < (best?.waiting.size ?? 0) ? one : best),
      first,
    );
    return freest && freest.waiting.size < jobsPerWorker ? freest : undefined;
  }
}
