import { iterationConstants, matrix, pi } from './streebog-tables.ts';

const blockBytes = 64;

/** Eight 64-bit words, the least significant first, as the bytes of a message come. */
type State = BigUint64Array<ArrayBuffer>;

/** Streebog with 256 bits (GOST R 34.11-2012, RFC 6986), bytes in the order in which files are hashed. */
export function streebog256(message: Uint8Array): Uint8Array {
  return bytesOf(streebog(message, 0x0101010101010101n)).subarray(32);
}

/** Streebog with 512 bits. */
export function streebog512(message: Uint8Array): Uint8Array {
  return bytesOf(streebog(message, 0n));
}

/** HMAC_GOSTR3411_2012_256 (RFC 7836, section 4.1.1), for keys of at most 64 bytes. */
export function hmacStreebog256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const padded = (pad: number) => Uint8Array.from({ length: blockBytes }, (_, i) => (key[i] ?? 0) ^ pad);
  const inner = streebog256(Buffer.concat([padded(0x36), message]));
  return streebog256(Buffer.concat([padded(0x5c), inner]));
}

function streebog(message: Uint8Array, initial: bigint): State {
  let state = new BigUint64Array(8).fill(initial);
  const length = new BigUint64Array(8);
  const checksum = new BigUint64Array(8);
  const zero = new BigUint64Array(8);
  let offset = 0;
  for (; offset + blockBytes <= message.length; offset += blockBytes) {
    const block = wordsOf(message.subarray(offset, offset + blockBytes));
    state = compress(state, length, block);
    addWords(length, BigUint64Array.of(512n));
    addWords(checksum, block);
  }
  const rest = message.subarray(offset);
  const last = new Uint8Array(blockBytes);
  last.set(rest);
  last[rest.length] = 1;
  const block = wordsOf(last);
  state = compress(state, length, block);
  addWords(length, BigUint64Array.of(BigInt(rest.length * 8)));
  addWords(checksum, block);
  return compress(compress(state, zero, length), zero, checksum);
}

/** The compression function g_N (section 7). */
function compress(state: State, n: State, message: State): State {
  let key = transform(xor(state, n));
  let data = message;
  for (let round = 0; round < 12; round += 1) {
    data = transform(xor(data, key));
    const constant = iterationConstants.slice(round * 8, round * 8 + 8).reverse();
    key = transform(xor(key, BigUint64Array.from(constant)));
  }
  return xor(xor(xor(data, key), state), message);
}

let table: BigUint64Array | undefined;

/** For each byte of a word and each value: its share of L(Pi(word)). */
function lookupTable(): BigUint64Array {
  if (table) return table;
  table = new BigUint64Array(8 * 256);
  for (let byte = 0; byte < 8; byte += 1) {
    for (let value = 0; value < 256; value += 1) {
      let sum = 0n;
      for (let bit = 0; bit < 8; bit += 1) {
        if (((pi[value] ?? 0) >>> bit) & 1) sum ^= matrix[63 - byte * 8 - bit] ?? 0n;
      }
      table[byte * 256 + value] = sum;
    }
  }
  return table;
}

/** S, P and L in one: word `i` of the result takes byte `i` of every word. */
function transform(state: State): State {
  const lookup = lookupTable();
  const bytes = bytesOf(state);
  return state.map((_, i) => {
    let sum = 0n;
    for (let word = 0; word < 8; word += 1) sum ^= lookup[word * 256 + (bytes[word * 8 + i] ?? 0)] ?? 0n;
    return sum;
  });
}

const xor = (a: State, b: State): State => a.map((word, i) => word ^ (b[i] ?? 0n));

/** Adds `other` modulo 2^512; words that it lacks are zero. */
function addWords(target: State, other: State): void {
  let carry = 0n;
  for (const [i, word] of target.entries()) {
    const sum = word + (other[i] ?? 0n) + carry;
    target[i] = sum;
    carry = sum >> 64n;
  }
}

function wordsOf(bytes: Uint8Array): State {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return BigUint64Array.from({ length: 8 }, (_, i) => view.getBigUint64(i * 8, true));
}

function bytesOf(words: State): Uint8Array {
  const view = new DataView(new ArrayBuffer(blockBytes));
  for (const [i, word] of words.entries()) view.setBigUint64(i * 8, word, true);
  return new Uint8Array(view.buffer);
}
