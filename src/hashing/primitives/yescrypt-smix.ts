import { Pwxform, sBoxWords } from './yescrypt-pwxform.ts';
import { blockMixSalsa8, xorWords } from './yescrypt-salsa.ts';

/**
 * `classic` is scrypt itself, `worm` scrypt with yescrypt's further parameters, `rw` yescrypt with its one
 * defined set of pwxform parameters (6 rounds, 4 lanes, 2 words, 12 KiB of S-boxes).
 */
export type YescryptMode = 'classic' | 'worm' | 'rw';

/** Costs of a yescrypt run, as in its own definition; `n` is a power of two. */
export interface YescryptCost {
  mode: YescryptMode;
  n: number;
  r: number;
  p: number;
  t: number;
}

/**
 * yescrypt's SMix, in place over `blocks`, which holds `p` blocks of 32 `r` words. With `p` above 1 only
 * `rw` mixes the blocks in one memory; scrypt mixes each alone, in turn.
 *
 * @param afterBoxes called once the first block has filled its S-boxes, which ties the password to them
 */
export function smix(blocks: Int32Array, cost: YescryptCost, afterBoxes: () => void): void {
  const { n, r, p, t, mode } = cost;
  const size = 32 * r;
  const memory = new Int32Array(size * n);
  const block = (i: number) => blocks.subarray(i * size, (i + 1) * size);
  if (mode !== 'rw') {
    for (let i = 0; i < p; i += 1) {
      fill(block(i), r, n, memory, undefined);
      mix(block(i), r, n, toEven(mode === 'worm' ? wormLoops(n, t) : n), memory, undefined, false);
    }
    return;
  }
  const share = Math.floor(n / p);
  const loops = rwLoops(share, t);
  const writing = toEven(Math.floor(loops / p));
  const chunk = share - (share % 2);
  const transforms: Pwxform[] = [];
  for (let i = 0; i < p; i += 1) {
    const boxes = new Int32Array(sBoxWords);
    fill(block(i).subarray(0, 32), 1, sBoxWords / 32, boxes, undefined);
    if (i === 0) afterBoxes();
    const transform = new Pwxform(boxes);
    transforms.push(transform);
    const count = i < p - 1 ? chunk : n - i * chunk;
    const own = memory.subarray(i * chunk * size, (i * chunk + count) * size);
    fill(block(i), r, count, own, transform);
    mix(block(i), r, powerBelow(count), writing, own, transform, true);
  }
  for (const [i, transform] of transforms.entries()) {
    mix(block(i), r, n, toEven(loops) - writing, memory, transform, false);
  }
}

const toEven = (count: number) => count + (count % 2);

function wormLoops(n: number, t: number): number {
  if (t === 0) return n;
  return t === 1 ? n + Math.floor((n + 1) / 2) : n * t;
}

/** Iterations of the second loop: a third of the memory, two thirds, or all of it `t` - 1 times. */
function rwLoops(share: number, t: number): number {
  return t <= 1 ? Math.floor((share * (t + 1) + 2) / 3) : share * (t - 1);
}

/** SMix's first loop: `memory` takes the `n` states that `block` goes through. */
function fill(
  block: Int32Array,
  r: number,
  n: number,
  memory: Int32Array,
  transform: Pwxform | undefined,
): void {
  const size = 32 * r;
  const state = shuffled(block);
  const scratch = new Int32Array(size);
  for (let i = 0; i < n; i += 1) {
    memory.set(state, i * size);
    if (transform) {
      if (i > 1) {
        const window = powerBelow(i);
        const j = (integerify(state, r) & (window - 1)) + (i - window);
        xorWords(state, 0, memory, j * size, size);
      }
      transform.blockMix(state, r);
    } else {
      blockMixSalsa8(state, scratch, r);
    }
  }
  unshuffle(state, block);
}

/** SMix's second loop over the first `n` states, `loops` times; `write` puts back what it reads. */
function mix(
  block: Int32Array,
  r: number,
  n: number,
  loops: number,
  memory: Int32Array,
  transform: Pwxform | undefined,
  write: boolean,
): void {
  const size = 32 * r;
  const state = shuffled(block);
  const scratch = new Int32Array(size);
  for (let i = 0; i < loops; i += 1) {
    const at = (integerify(state, r) & (n - 1)) * size;
    xorWords(state, 0, memory, at, size);
    if (write) memory.set(state, at);
    if (transform) transform.blockMix(state, r);
    else blockMixSalsa8(state, scratch, r);
  }
  unshuffle(state, block);
}

const integerify = (state: Int32Array, r: number) => state[(2 * r - 1) * 16] ?? 0;
const powerBelow = (n: number) => 2 ** (31 - Math.clz32(n));
/** Where word `i` of a shuffled block stands in the block itself. */
const source = (i: number) => (i & ~15) | ((i * 5) & 15);
const shuffled = (block: Int32Array) => block.map((_, i) => block[source(i)] ?? 0);

function unshuffle(state: Int32Array, block: Int32Array): void {
  for (const [i, word] of state.entries()) block[source(i)] = word;
}
