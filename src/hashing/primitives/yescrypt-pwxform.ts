import { salsa20 } from './yescrypt-salsa.ts';

/** Words of the three S-boxes together: 12 KiB. */
export const sBoxWords = 3072;
const boxWords = sBoxWords / 3;
const rounds = 6;
const lanes = 4;
/** Picks one of 256 S-box entries of 16 bytes; a word's offset is this shifted by two. */
const entryMask = 0xff0;

/**
 * yescrypt's parallel wide transformation: a block of 16 words goes through rounds of 32 x 32 -> 64 bit
 * multiplications and S-box look-ups, and parts of it are written back into the S-boxes.
 *
 * JavaScript has no such multiplication, so the high half is put together from 16-bit parts with Math.imul.
 * That takes some 0.15 s at yescrypt's default cost and under ten at libxcrypt's highest (1 GiB), so a WebAssembly
 * module (a binary that nobody reviews) was not worth having.
 */
export class Pwxform {
  readonly #boxes: Int32Array;
  #box0 = 2 * boxWords;
  #box1 = boxWords;
  #box2 = 0;
  #written = 0;

  /** @param boxes `sBoxWords` words, changed by each transformation */
  constructor(boxes: Int32Array) {
    this.#boxes = boxes;
  }

  /** BlockMix_pwxform over 32 `r` words in place. */
  blockMix(block: Int32Array, r: number): void {
    const last = (2 * r - 1) * 16;
    let previous = last;
    for (let at = 0; at <= last; at += 16) {
      this.#transform(block, at, previous);
      previous = at;
    }
    salsa20(block, last, 2);
  }

  /** Replaces the 16 words at `at` by the transformation of their xor with those at `previous`. */
  #transform(block: Int32Array, at: number, previous: number): void {
    const boxes = this.#boxes;
    const box0 = this.#box0;
    const box1 = this.#box1;
    const target = this.#box2 + this.#written;
    // Lanes do not see each other, so each is taken through all its rounds in local variables.
    for (let lane = 0; lane < lanes; lane += 1) {
      const here = at + lane * 4;
      const there = previous + lane * 4;
      let low0 = (block[here] ?? 0) ^ (block[there] ?? 0);
      let high0 = (block[here + 1] ?? 0) ^ (block[there + 1] ?? 0);
      let low1 = (block[here + 2] ?? 0) ^ (block[there + 2] ?? 0);
      let high1 = (block[here + 3] ?? 0) ^ (block[there + 3] ?? 0);
      for (let round = 0; round < rounds; round += 1) {
        const p0 = box0 + ((low0 & entryMask) >>> 2);
        const p1 = box1 + ((high0 & entryMask) >>> 2);

        const product0 = Math.imul(low0, high0);
        const addend0 = boxes[p0] ?? 0;
        const sum0 = (product0 + addend0) | 0;
        high0 = multiplyHigh(low0, high0) + (boxes[p0 + 1] ?? 0) + carryOf(product0, addend0, sum0);
        high0 ^= boxes[p1 + 1] ?? 0;
        low0 = sum0 ^ (boxes[p1] ?? 0);

        const product1 = Math.imul(low1, high1);
        const addend1 = boxes[p0 + 2] ?? 0;
        const sum1 = (product1 + addend1) | 0;
        high1 = multiplyHigh(low1, high1) + (boxes[p0 + 3] ?? 0) + carryOf(product1, addend1, sum1);
        high1 ^= boxes[p1 + 3] ?? 0;
        low1 = sum1 ^ (boxes[p1 + 2] ?? 0);

        if (round === 0 || round === rounds - 1) continue;
        const to = target + (round - 1) * 16 + lane * 4;
        boxes[to] = low0;
        boxes[to + 1] = high0;
        boxes[to + 2] = low1;
        boxes[to + 3] = high1;
      }
      block[here] = low0;
      block[here + 1] = high0;
      block[here + 2] = low1;
      block[here + 3] = high1;
    }
    this.#written = (this.#written + (rounds - 2) * 16) % boxWords;
    [this.#box0, this.#box1, this.#box2] = [this.#box2, this.#box0, this.#box1];
  }
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const other = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

/** Carry out of `a` + `b`, without a branch: it would be mispredicted half of the time. */
function carryOf(a: number, b: number, sum: number): number {
  return ((a & b) | ((a | b) & ~sum)) >>> 31;
}
