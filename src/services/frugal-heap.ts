import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that the heap may hold beside what was in use when it was last collected, or half of that where it is more. */
const slack = 16 * 1024 * 1024;

const limitOf = (inUse: number): number => inUse + Math.max(slack, inUse / 2);

/**
 * Keeps the heap near what is in use. An import makes garbage as fast as it reads; left alone V8 lets it grow to
 * several times that before it first looks, and by more the longer the dump is.
 */
export class FrugalHeap {
  readonly #collect: () => void;
  #limit: number;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc');
    // Young objects get no more room either: most of them are dead when a batch is written.
    setFlagsFromString('--semi-space-growth-factor=1');
    this.#limit = limitOf(getHeapStatistics().used_heap_size);
  }

  /** Collects what is garbage, if there may be enough of it to be worth the time. */
  tidy(): void {
    if (getHeapStatistics().used_heap_size < this.#limit) return;
    this.#collect();
    this.#limit = limitOf(getHeapStatistics().used_heap_size);
  }
}
