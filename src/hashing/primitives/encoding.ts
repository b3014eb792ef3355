/**
 * Bytes of standard base64 (RFC 4648, section 4). The text is padded in full or not at all, and the bits that fill no
 * byte are zero (section 3.5), so that no two texts of a hash stand for the same bytes; `undefined` for any other text.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const padded = bytes.toString('base64');
  return padded === text || withoutPadding(padded) === text ? new Uint8Array(bytes) : undefined;
}

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Standard base64 without padding, as PHC strings have it. */
export function encodeUnpaddedBase64(bytes: Uint8Array): string {
  return withoutPadding(encodeBase64(bytes));
}

const withoutPadding = (base64: string) => base64.replaceAll('=', '');

/** Bytes of base64url (RFC 4648, section 5), by the rules of `decodeBase64`; standard base64 is read as well. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  return decodeBase64(base64OfBase64Url(text));
}

/** base64url with padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_');
}

/** The same text in the standard alphabet. */
export function base64OfBase64Url(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}

/** Bytes of passlib's "adapted base64", which has `.` for `+` and no padding; `+` is read as well, as passlib does. */
export function decodeAdaptedBase64(text: string): Uint8Array | undefined {
  return decodeBase64(text.replaceAll('.', '+'));
}

/** passlib's adapted base64. */
export function encodeAdaptedBase64(bytes: Uint8Array): string {
  return encodeUnpaddedBase64(bytes).replaceAll('+', '.');
}

/** Bytes of hexadecimal digits in either case; `undefined` for any other text. */
export function decodeHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Hexadecimal digits in lower case. */
export function encodeHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** UTF-8 of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
