import {
  finalPermutation,
  initialPermutation,
  keyChoice1,
  keyChoice2,
  keyShifts,
  roundPermutation,
  substitutions,
} from './des-tables.ts';

/** Sixteen round keys, each as two halves of 24 bits. */
export type DesKey = Int32Array;

/** The round keys of eight key bytes, whose lowest bits do not count. */
export function desKey(bytes: Uint8Array): DesKey {
  const chosen = permute(bitsOf(bytes), keyChoice1);
  let halves = [chosen.slice(0, 28), chosen.slice(28)];
  const key = new Int32Array(32);
  for (const [round, shift] of keyShifts.entries()) {
    halves = halves.map((half) => [...half.slice(shift), ...half.slice(0, shift)]);
    const bits = permute(halves.flat(), keyChoice2);
    key[round * 2] = numberOf(bits.slice(0, 24));
    key[round * 2 + 1] = numberOf(bits.slice(24));
  }
  return key;
}

/**
 * DES with crypt(3)'s salt: where its bit `i` is set, bits `i` and `i + 24` of the expanded half change places.
 *
 * @param block eight bytes
 * @param count encryptions, one over the other; 0 is taken as 1, as libxcrypt takes it
 * @param salt 24 bits
 */
export function desEncrypt(key: DesKey, block: Uint8Array, count: number, salt: number): Uint8Array {
  const boxes = substitutionTable();
  const swap = reverse24(salt);
  const bits = permute(bitsOf(block), initialPermutation);
  let left = numberOf(bits.slice(0, 32));
  let right = numberOf(bits.slice(32));
  for (let i = 0; i < Math.max(count, 1); i += 1) {
    for (let round = 0; round < 32; round += 2) {
      const rotated = (right >>> 1) | (right << 31);
      let high =
        ((rotated >>> 8) & 0xfc0000) |
        ((rotated >>> 10) & 0x3f000) |
        ((rotated >>> 12) & 0xfc0) |
        ((rotated >>> 14) & 0x3f);
      let low =
        ((rotated << 8) & 0xfc0000) |
        ((rotated << 6) & 0x3f000) |
        ((rotated << 4) & 0xfc0) |
        ((rotated << 2) & 0x3c) |
        (rotated >>> 30);
      const swapped = (high ^ low) & swap;
      high ^= swapped ^ (key[round] ?? 0);
      low ^= swapped ^ (key[round + 1] ?? 0);
      const mixed =
        (boxes[high >>> 18] ?? 0) |
        (boxes[64 + ((high >>> 12) & 63)] ?? 0) |
        (boxes[128 + ((high >>> 6) & 63)] ?? 0) |
        (boxes[192 + (high & 63)] ?? 0) |
        (boxes[256 + (low >>> 18)] ?? 0) |
        (boxes[320 + ((low >>> 12) & 63)] ?? 0) |
        (boxes[384 + ((low >>> 6) & 63)] ?? 0) |
        (boxes[448 + (low & 63)] ?? 0);
      [left, right] = [right, left ^ mixed];
    }
    [left, right] = [right, left];
  }
  return bytesOf(permute([...bitsOfWord(left), ...bitsOfWord(right)], finalPermutation));
}

let table: Int32Array | undefined;

/** S1 to S8 with P already applied: 64 entries a box. */
function substitutionTable(): Int32Array {
  if (table) return table;
  table = new Int32Array(512);
  for (const [box, digits] of substitutions.entries()) {
    for (let input = 0; input < 64; input += 1) {
      const row = ((input >>> 4) & 2) | (input & 1);
      const output = Number.parseInt(digits[row * 16 + ((input >>> 1) & 15)] ?? '', 16);
      table[box * 64 + input] = numberOf(permute(bitsOfWord(output << (28 - 4 * box)), roundPermutation));
    }
  }
  return table;
}

const permute = (bits: readonly number[], order: readonly number[]) => order.map((bit) => bits[bit - 1] ?? 0);
const numberOf = (bits: readonly number[]) => bits.reduce((number, bit) => (number << 1) | bit, 0);
const bitsOfWord = (word: number) => Array.from({ length: 32 }, (_, i) => (word >>> (31 - i)) & 1);
const bitsOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length * 8 }, (_, i) => ((bytes[i >>> 3] ?? 0) >>> (7 - (i & 7))) & 1);
const bytesOf = (bits: readonly number[]) =>
  Uint8Array.from({ length: bits.length / 8 }, (_, i) => numberOf(bits.slice(i * 8, i * 8 + 8)));

function reverse24(salt: number): number {
  let reversed = 0;
  for (let i = 0; i < 24; i += 1) reversed |= ((salt >>> i) & 1) << (23 - i);
  return reversed;
}
