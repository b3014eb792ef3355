/**
 * Salsa20 with `rounds` rounds over the 16 words at `at`, in place.
 *
 * Blocks are kept in the order in which yescrypt's S-boxes and Integerify see them: word `i` here is word
 * `5 i mod 16` of Salsa20's own order ("SIMD shuffling" in https://github.com/openwall/yescrypt).
 */
export function salsa20(block: Int32Array, at: number, rounds: number): void {
  const b0 = block[at] ?? 0;
  const b1 = block[at + 13] ?? 0;
  const b2 = block[at + 10] ?? 0;
  const b3 = block[at + 7] ?? 0;
  const b4 = block[at + 4] ?? 0;
  const b5 = block[at + 1] ?? 0;
  const b6 = block[at + 14] ?? 0;
  const b7 = block[at + 11] ?? 0;
  const b8 = block[at + 8] ?? 0;
  const b9 = block[at + 5] ?? 0;
  const b10 = block[at + 2] ?? 0;
  const b11 = block[at + 15] ?? 0;
  const b12 = block[at + 12] ?? 0;
  const b13 = block[at + 9] ?? 0;
  const b14 = block[at + 6] ?? 0;
  const b15 = block[at + 3] ?? 0;
  let [x0, x1, x2, x3, x4, x5, x6, x7] = [b0, b1, b2, b3, b4, b5, b6, b7];
  let [x8, x9, x10, x11, x12, x13, x14, x15] = [b8, b9, b10, b11, b12, b13, b14, b15];
  for (let round = 0; round < rounds; round += 2) {
    x4 ^= rotate(x0 + x12, 7);
    x8 ^= rotate(x4 + x0, 9);
    x12 ^= rotate(x8 + x4, 13);
    x0 ^= rotate(x12 + x8, 18);
    x9 ^= rotate(x5 + x1, 7);
    x13 ^= rotate(x9 + x5, 9);
    x1 ^= rotate(x13 + x9, 13);
    x5 ^= rotate(x1 + x13, 18);
    x14 ^= rotate(x10 + x6, 7);
    x2 ^= rotate(x14 + x10, 9);
    x6 ^= rotate(x2 + x14, 13);
    x10 ^= rotate(x6 + x2, 18);
    x3 ^= rotate(x15 + x11, 7);
    x7 ^= rotate(x3 + x15, 9);
    x11 ^= rotate(x7 + x3, 13);
    x15 ^= rotate(x11 + x7, 18);
    x1 ^= rotate(x0 + x3, 7);
    x2 ^= rotate(x1 + x0, 9);
    x3 ^= rotate(x2 + x1, 13);
    x0 ^= rotate(x3 + x2, 18);
    x6 ^= rotate(x5 + x4, 7);
    x7 ^= rotate(x6 + x5, 9);
    x4 ^= rotate(x7 + x6, 13);
    x5 ^= rotate(x4 + x7, 18);
    x11 ^= rotate(x10 + x9, 7);
    x8 ^= rotate(x11 + x10, 9);
    x9 ^= rotate(x8 + x11, 13);
    x10 ^= rotate(x9 + x8, 18);
    x12 ^= rotate(x15 + x14, 7);
    x13 ^= rotate(x12 + x15, 9);
    x14 ^= rotate(x13 + x12, 13);
    x15 ^= rotate(x14 + x13, 18);
  }
  block[at] = b0 + x0;
  block[at + 13] = b1 + x1;
  block[at + 10] = b2 + x2;
  block[at + 7] = b3 + x3;
  block[at + 4] = b4 + x4;
  block[at + 1] = b5 + x5;
  block[at + 14] = b6 + x6;
  block[at + 11] = b7 + x7;
  block[at + 8] = b8 + x8;
  block[at + 5] = b9 + x9;
  block[at + 2] = b10 + x10;
  block[at + 15] = b11 + x11;
  block[at + 12] = b12 + x12;
  block[at + 9] = b13 + x13;
  block[at + 6] = b14 + x14;
  block[at + 3] = b15 + x15;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** Xors `length` words of `source`, from `from` on, into `target` from `at` on. */
export function xorWords(
  target: Int32Array,
  at: number,
  source: Int32Array,
  from: number,
  length: number,
): void {
  for (let i = 0; i < length; i += 1) target[at + i] = (target[at + i] ?? 0) ^ (source[from + i] ?? 0);
}

/** scrypt's BlockMix (RFC 7914, section 4) over 32 `r` words in place; `scratch` is as long. */
export function blockMixSalsa8(block: Int32Array, scratch: Int32Array, r: number): void {
  const last = (2 * r - 1) * 16;
  let previous = block;
  let from = last;
  for (let i = 0; i < 2 * r; i += 1) {
    // Even blocks go to the first half, odd ones to the second.
    const to = ((i >>> 1) + (i & 1 ? r : 0)) * 16;
    for (let k = 0; k < 16; k += 1) {
      scratch[to + k] = (previous[from + k] ?? 0) ^ (block[i * 16 + k] ?? 0);
    }
    salsa20(scratch, to, 8);
    previous = scratch;
    from = to;
  }
  block.set(scratch);
}
