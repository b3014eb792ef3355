import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const mebibyte = 1024 * 1024;
/** Half of the room for young objects, in MiB: most of what a batch makes is dead before it is full, and costs nothing. */
const youngMiB = 4;
/** Bytes of dead objects that may have grown old before they are collected. */
const slack = 6 * mebibyte;

/** What keeps a heap small while much garbage is made. */
export interface Heap {
  /** Collects what is garbage, if there may be enough of it to be worth the time. */
  tidy(): void;
}

/**
 * Keeps the heap of this thread near what is in use. An import makes garbage as fast as it reads; left alone V8 lets
 * it grow to several times that before it first looks, and by more the longer the dump is.
 * It sets flags of V8, which are the process's: the program may do that, and never the library.
 */
export class FrugalHeap implements Heap {
  readonly #collect: () => void;
  #limit: number;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc');
    // The least of threads that are started from now on; this one began with 1 MiB.
    setFlagsFromString(`--min-semi-space-size=${youngMiB}`);
    this.#limit = heapUse().old + slack;
  }

  tidy(): void {
    const { young, old } = heapUse();
    // V8 doubles the room when much of it is alive, further than is wanted here, and takes it back after a pause.
    const factor = young < 2 * youngMiB * mebibyte ? 2 : 1;
    if (isMainThread) setFlagsFromString(`--semi-space-growth-factor=${factor}`);
    if (old < this.#limit) return;
    this.#collect();
    this.#limit = heapUse().old + slack;
  }
}

/** Bytes of room for young objects, and bytes that old ones take. */
function heapUse(): { young: number; old: number } {
  const use = { young: 0, old: 0 };
  for (const { space_name, space_size, space_used_size } of getHeapSpaceStatistics()) {
    if (space_name === 'new_space') use.young = space_size;
    else use.old += space_used_size;
  }
  return use;
}
