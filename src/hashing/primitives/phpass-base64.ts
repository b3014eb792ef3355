const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The six bits that a character of phpass's base64 stands for; -1 for any other character. */
export function phpass64Value(character: string): number {
  return character.length === 1 ? alphabet.indexOf(character) : -1;
}

/** Bytes of a phpass base64 text and the bits left over, at most seven of them, lowest first. */
export interface Phpass64 {
  readonly bytes: Uint8Array;
  readonly rest: number;
}

/**
 * Decodes phpass's base64, which packs bits from the bottom.
 *
 * @param text characters of `./0-9A-Za-z`
 */
export function decodePhpass64(text: string): Phpass64 {
  const bytes: number[] = [];
  let [value, bits] = [0, 0];
  for (const character of text) {
    value |= phpass64Value(character) << bits;
    bits += 6;
    if (bits < 8) continue;
    bytes.push(value & 0xff);
    value >>= 8;
    bits -= 8;
  }
  return { bytes: new Uint8Array(bytes), rest: value };
}

/** phpass's base64 of `bytes`; `rest` fills the unused bits of the last character. */
export function encodePhpass64({ bytes, rest }: Phpass64): string {
  let text = '';
  let [value, bits] = [0, 0];
  for (const byte of bytes) {
    value |= byte << bits;
    bits += 8;
    for (; bits >= 6; bits -= 6, value >>= 6) text += alphabet[value & 63] ?? '';
  }
  return bits === 0 ? text : text + (alphabet[(value | (rest << bits)) & 63] ?? '');
}
