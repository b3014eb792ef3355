import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Half of the room for young objects, in MiB: what a few batches make is dead before it is full, and costs nothing. */
const youngMiB = 8;
const mebibyte = 1024 * 1024;
/** Bytes that the heap may hold beside what was in use when it was last collected: young objects, and some old ones. */
const slack = (youngMiB + 6) * mebibyte;

/**
 * Keeps the heap of this thread near what is in use. An import makes garbage as fast as it reads; left alone V8 lets
 * it grow to several times that before it first looks, and by more the longer the dump is.
 */
export class FrugalHeap {
  readonly #collect: () => void;
  #limit: number;
  #hasGrown = false;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc');
    // V8 begins with 1 MiB, and would grow by doubling up to twice what is wanted. Threads begin with it.
    setFlagsFromString(`--min-semi-space-size=${youngMiB}`);
    setFlagsFromString(`--semi-space-growth-factor=${youngMiB}`);
    this.#limit = getHeapStatistics().used_heap_size + slack;
  }

  /** Collects what is garbage, if there may be enough of it to be worth the time. */
  tidy(): void {
    this.#hasGrown ||= this.#stopGrowing();
    if (getHeapStatistics().used_heap_size < this.#limit) return;
    this.#collect();
    this.#limit = getHeapStatistics().used_heap_size + slack;
  }

  #stopGrowing(): boolean {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if ((young?.space_size ?? 0) < youngMiB * mebibyte) return false;
    setFlagsFromString('--semi-space-growth-factor=1');
    return true;
  }
}
