import { Worker } from 'node:worker_threads';
import { AuthctlError } from '../domain/errors.ts';
import type { HashSettings } from './new-hash.ts';
import type { Verification } from './verification.ts';
import type { HashAnswer, HashTask } from './worker.ts';

/** A task that the pool was given. */
interface Job {
  readonly id: number;
  readonly task: HashTask;
  /** Threads that ended while they had it. */
  deaths: number;
  resolve(hash: string): void;
  reject(error: Error): void;
}

interface Member {
  readonly worker: Worker;
  /** The jobs that it has been sent and not answered, by id. */
  readonly jobs: Map<number, Job>;
  /** What ended it, where its own code did. */
  error?: unknown;
}

/** A second job waits at each thread, so that the thread need not wait for the main thread in between. */
const jobsPerThread = 2;
/** A job that has ended so many threads is given up. */
const maxDeaths = 3;

/**
 * Threads that hash passwords, at most one for each core. Jobs are taken in the order in which they came; a caller
 * that hands in more than it can keep in memory bounds itself.
 *
 * A thread may end: its memory runs out, a native library fails. Its jobs are then done by another thread, and a new
 * one takes its place. A job that was at a thread when it ended is given to an idle thread, which gets no other job
 * until it has answered, so that one that ends every thread takes no other with it; after three threads it fails.
 */
export class HashPool {
  readonly #file: string;
  readonly #size: number;
  readonly #queue: Job[] = [];
  readonly #members = new Set<Member>();
  #lastId = 0;
  #isClosed = false;

  /** @param file the built worker; @param size threads at most, as many as there are cores */
  constructor(file: string, size: number) {
    this.#file = file;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** The encoded hash of a password in NFC. */
  hash(password: string, settings: HashSettings): Promise<string> {
    return this.#run({ kind: 'hash', password, settings });
  }

  /** The text that replaces a weak hash; fails where `wrapProblem` finds something. */
  wrap(text: string, settings: HashSettings): Promise<string> {
    return this.#run({ kind: 'wrap', text, settings });
  }

  /** What `verify` says of a stored hash and a password. */
  async verify(text: string, password: string): Promise<Verification> {
    const found = await this.#run({ kind: 'verify', text, password });
    return found === 'right' || found === 'wrong' ? found : 'unverifiable';
  }

  /** Ends the threads; jobs that are not done fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const members = [...this.#members];
    this.#members.clear();
    const unfinished = [...members.flatMap(({ jobs }) => [...jobs.values()]), ...this.#queue.splice(0)];
    for (const job of unfinished) job.reject(closed());
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  #run(task: HashTask): Promise<string> {
    if (this.#isClosed) return Promise.reject(closed());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#queue.push({ id, task, deaths: 0, resolve, reject });
      this.#feed();
    });
  }

  #feed(): void {
    for (let [job] = this.#queue; job; [job] = this.#queue) {
      const member = this.#memberFor(job);
      if (!member) return;
      this.#queue.shift();
      member.jobs.set(job.id, job);
      member.worker.ref();
      member.worker.postMessage({ id: job.id, ...job.task });
    }
  }

  /** An idle thread, else a new one, else one that has room; a job that has ended a thread needs one of its own. */
  #memberFor(job: Job): Member | undefined {
    const members = [...this.#members];
    const idle = members.find(({ jobs }) => jobs.size === 0);
    if (idle) return idle;
    if (members.length < this.#size) return this.#start();
    return job.deaths > 0 ? undefined : members.find(hasRoom);
  }

  #start(): Member {
    const member: Member = { worker: new Worker(this.#file), jobs: new Map() };
    this.#members.add(member);
    member.worker.on('message', (answer: HashAnswer) => this.#settle(member, answer));
    member.worker.on('error', (error) => {
      member.error = error;
    });
    member.worker.on('exit', (code) => this.#replace(member, code));
    return member;
  }

  #settle(member: Member, answer: HashAnswer): void {
    // Its end is being waited for: without a reference to the thread the process would end first.
    if (this.#isClosed) return;
    const job = member.jobs.get(answer.id);
    member.jobs.delete(answer.id);
    this.#feed();
    if (member.jobs.size === 0) member.worker.unref();
    if ('hash' in answer) job?.resolve(answer.hash);
    else job?.reject(new Error(answer.error));
  }

  /** Puts the jobs of a thread that has ended back where they were, before all others. */
  #replace(member: Member, code: number): void {
    if (!this.#members.delete(member)) return;
    const again: Job[] = [];
    for (const job of member.jobs.values()) {
      job.deaths += 1;
      if (job.deaths < maxDeaths) again.push(job);
      else
        job.reject(
          new AuthctlError('system-limit', `${maxDeaths} threads ended (exit ${code}) at one hash`, {
            hint: 'threads need open files and memory: raise ulimit -n and -v, or end other programs',
            cause: member.error,
          }),
        );
    }
    this.#queue.unshift(...again);
    this.#feed();
  }
}

const hasRoom = ({ jobs }: Member): boolean =>
  jobs.size < jobsPerThread && [...jobs.values()].every(({ deaths }) => deaths === 0);

const closed = () => new Error('the threads that hash were ended before the hash was made');
