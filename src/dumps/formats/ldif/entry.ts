import { isUtf8 } from 'node:buffer';
import type { Mapped } from '../../engine/fields.ts';

/** Attribute names in lower case, without options, to their values; bytes where a value is not text. */
export type Attributes = Map<string, (string | Uint8Array)[]>;

/** An entry's attributes with their names as written, or why it has none. */
export type ParsedEntry =
  | { readonly attributes: Attributes; readonly names: ReadonlyMap<string, string> }
  | Extract<Mapped, { problem: unknown }>;

const attributeLine = /^([A-Za-z0-9][A-Za-z0-9.-]*)((?:;[A-Za-z0-9-]+)*):([:<]?) *(.*)$/s;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Takes the unfolded lines of one entry apart (RFC 2849, `attrval-record`). A value behind `:<` is the URL of a file,
 * which is not read.
 */
export function parseEntry(lines: readonly string[]): ParsedEntry {
  const attributes: Attributes = new Map();
  const names = new Map<string, string>();
  for (const line of lines) {
    const match = attributeLine.exec(line);
    if (match === null) return problem('a line is not of the form attribute: value');
    const [, name = '', , kind, text = ''] = match;
    if (kind === '<') return problem('a value is given as a URL, which is not followed');
    const value = kind === ':' ? decodeBase64(text) : text;
    if (value === undefined) return problem('a value is not valid base64');
    const key = name.toLowerCase();
    const values = attributes.get(key);
    if (values === undefined) attributes.set(key, [value]);
    else values.push(value);
    if (!names.has(key)) names.set(key, name);
  }
  return { attributes, names };
}

function problem(message: string): Extract<Mapped, { problem: unknown }> {
  return { problem: { code: 'malformed', message } };
}

function decodeBase64(text: string): string | Uint8Array | undefined {
  const trimmed = text.trimEnd();
  if (!base64.test(trimmed) || trimmed.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(trimmed, 'base64');
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : new Uint8Array(bytes);
}
