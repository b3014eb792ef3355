/** Bytes of standard base64, padded or not; `undefined` for any other text. */
export function base64Bytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const data = text.replaceAll('=', '');
  return data.length % 4 === 1 ? undefined : new Uint8Array(Buffer.from(data, 'base64'));
}

/** Bytes of passlib's "adapted base64", which has `.` for `+` and no padding; `+` is read as well, as passlib does. */
export function ab64Bytes(text: string): Uint8Array | undefined {
  return base64Bytes(text.replaceAll('.', '+'));
}

/** Bytes of hexadecimal digits in either case; `undefined` for any other text. */
export function hexBytes(text: string): Uint8Array | undefined {
  return text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text)
    ? new Uint8Array(Buffer.from(text, 'hex'))
    : undefined;
}

/** Standard base64 with padding. */
export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Standard base64 without padding, as PHC strings have it. */
export function unpaddedBase64Text(bytes: Uint8Array): string {
  return base64Text(bytes).replaceAll('=', '');
}

/** passlib's adapted base64. */
export function ab64Text(bytes: Uint8Array): string {
  return unpaddedBase64Text(bytes).replaceAll('+', '.');
}

/** Hexadecimal digits in lower case. */
export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** UTF-8 of a text. */
export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
