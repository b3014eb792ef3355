import type { HashPool } from './pool.ts';
import { allSchemes, firstOwner } from './registry.ts';
import type { ParsedHash } from './scheme.ts';
import { type Verification, verify } from './verification.ts';
import { parseWrapped } from './wrapped-scheme.ts';

/** Bytes that verifications may take together; one that takes more runs alone. */
const maxMemory = 2 ** 30;

interface Waiting {
  readonly memory: number;
  start(): void;
}

/**
 * Verifies passwords for a process that does other things meanwhile: as many at once as there are cores, within a
 * bound on memory, in the order in which they came. What would keep the event loop busy is done by threads, which are
 * started when there is such a hash.
 */
export class Verifier {
  readonly #workerFile: string;
  readonly #cores: number;
  readonly #queue: Waiting[] = [];
  #pool: Promise<HashPool> | undefined;
  #running = 0;
  #memory = 0;

  /** @param workerFile the built worker; @param cores verifications at once */
  constructor(workerFile: string, cores: number) {
    this.#workerFile = workerFile;
    this.#cores = cores;
  }

  /** What `verify` says of a hash of a known scheme and a password. */
  verify(hash: ParsedHash, password: string): Promise<Verification> {
    return this.#bounded(memoryOf(hash), async () => {
      if (!(await isBlocking(hash))) return verify(hash, password);
      try {
        return await (await this.#threads()).verify(hash.text(), password);
      } catch {
        // No thread survived the hash.
        return 'unverifiable';
      }
    });
  }

  /** Ends the threads; verifications that are under way there find their hashes unverifiable. */
  async close(): Promise<void> {
    await (await this.#pool)?.close();
  }

  #threads(): Promise<HashPool> {
    this.#pool ??= import('./pool.ts').then(({ HashPool }) => new HashPool(this.#workerFile, this.#cores));
    return this.#pool;
  }

  async #bounded<T>(memory: number, work: () => Promise<T>): Promise<T> {
    if (this.#queue.length > 0 || !this.#hasRoom(memory)) {
      await new Promise<void>((resolve) => this.#queue.push({ memory, start: resolve }));
    } else this.#enter(memory);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#memory -= memory;
      this.#admit();
    }
  }

  #admit(): void {
    for (let [next] = this.#queue; next && this.#hasRoom(next.memory); [next] = this.#queue) {
      this.#queue.shift();
      this.#enter(next.memory);
      next.start();
    }
  }

  #enter(memory: number): void {
    this.#running += 1;
    this.#memory += memory;
  }

  #hasRoom(memory: number): boolean {
    if (this.#running === 0) return true;
    return this.#running < this.#cores && this.#memory + memory <= maxMemory;
  }
}

/** Bytes that one computation takes, as far as the parameters tell. */
function memoryOf({ parameters }: ParsedHash): number {
  const { memoryKiB, cost, blockSize, N, r } = parameters;
  if (typeof memoryKiB === 'number') return memoryKiB * 1024;
  const [n, block] = [N ?? cost, r ?? blockSize];
  return typeof n === 'number' && typeof block === 'number' ? 128 * n * block : 0;
}

/** Whether a hash, or the one inside a wrapped hash, would keep its thread busy. */
async function isBlocking(hash: ParsedHash): Promise<boolean> {
  const wrapped = hash.blocks === undefined ? parseWrapped(hash.text()) : undefined;
  const inner = wrapped && firstOwner(await allSchemes(), wrapped.shell)?.hash;
  return hash.blocks === true || inner?.blocks === true;
}
