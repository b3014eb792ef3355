const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** By character code: the value, or -1. Dumps have millions of such texts, and a search for each character shows. */
const values = new Int8Array(128).fill(-1);
for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;

/** Value 0 to 63 of a character of crypt(3)'s base64 alphabet, given by its UTF-16 code; -1 for any other. */
function valueOfCode(code: number): number {
  return values[code] ?? -1;
}

/** Value 0 to 63 of a character of crypt(3)'s base64 alphabet, or -1. */
export function crypt64Value(character: string | undefined): number {
  return character?.length === 1 ? valueOfCode(character.charCodeAt(0)) : -1;
}

/** The number in `text`, least significant character first, as in the cost of `$7$` and of BSDi hashes. */
export function crypt64Number(text: string): number {
  let value = 0;
  for (let i = text.length - 1; i >= 0; i -= 1) value = value * 64 + crypt64Value(text[i]);
  return value;
}

/** Bytes of a text in crypt(3)'s base64, and the bits left over behind the last byte, at most seven, lowest first. */
export interface Crypt64 {
  readonly bytes: Uint8Array;
  readonly rest: number;
}

/**
 * Takes a text in crypt(3)'s usual base64 apart, which packs bits from the bottom, as every scheme since md5-crypt
 * has it; `undefined` for a foreign character or a length that no bytes give.
 */
export function unpackCrypt64(text: string): Crypt64 | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let length = 0;
  let pending = 0;
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = valueOfCode(text.charCodeAt(at));
    if (value < 0) return undefined;
    pending |= value << bits;
    bits += 6;
    if (bits < 8) continue;
    bytes[length] = pending & 255;
    length += 1;
    pending >>>= 8;
    bits -= 8;
  }
  return { bytes, rest: pending };
}

/**
 * crypt(3)'s usual base64 of `bytes`.
 *
 * @param rest the bits of the last character that fill no byte
 */
export function encodeCrypt64(bytes: Uint8Array, rest = 0): string {
  let text = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending |= byte << bits;
    for (bits += 8; bits >= 6; bits -= 6) {
      text += alphabet[pending & 63];
      pending >>>= 6;
    }
  }
  return bits > 0 ? text + alphabet[(pending | (rest << bits)) & 63] : text;
}

/**
 * Bytes of `encodeCrypt64`'s text; `undefined` as for `unpackCrypt64`, and for bits set beyond the last byte (crypt(3)
 * compares texts, so such a hash would match no password).
 */
export function decodeCrypt64(text: string): Uint8Array | undefined {
  const unpacked = unpackCrypt64(text);
  return unpacked?.rest === 0 ? unpacked.bytes : undefined;
}

/** Eight bytes as DES hashes write them: high bits first, eleven characters. */
export function encodeDes64(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  bits <<= 2n;
  let text = '';
  for (let shift = 60n; shift >= 0n; shift -= 6n) text += alphabet[Number((bits >> shift) & 63n)];
  return text;
}

/** Eight bytes of eleven characters; `undefined` as for `decodeCrypt64`. */
export function decodeDes64(text: string): Uint8Array | undefined {
  if (text.length !== 11) return undefined;
  let bits = 0n;
  for (const character of text) {
    const value = crypt64Value(character);
    if (value < 0) return undefined;
    bits = (bits << 6n) | BigInt(value);
  }
  if ((bits & 3n) !== 0n) return undefined;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, bits >> 2n);
  return bytes;
}

/** A digest's bytes to text and back. */
export interface DigestCodec {
  encode(digest: Uint8Array): string;
  decode(text: string): Uint8Array | undefined;
}

/** The codec of a scheme that writes byte `order[i]` of its digest as the `i`th. */
export function permutedDigest(order: readonly number[]): DigestCodec {
  return {
    encode: (digest) => encodeCrypt64(Uint8Array.from(order, (index) => digest[index] ?? 0)),
    decode(text) {
      const bytes = decodeCrypt64(text);
      if (bytes?.length !== order.length) return undefined;
      const digest = new Uint8Array(order.length);
      for (const [i, index] of order.entries()) digest[index] = bytes[i] ?? 0;
      return digest;
    },
  };
}
