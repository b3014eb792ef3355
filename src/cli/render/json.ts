import { escapeText } from '../../domain/text.ts';

/** JSON text of a value, with what a terminal would obey or hide as `\uXXXX`; dates as ISO 8601 UTC. */
export function toJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  // Line breaks of the indentation are the only characters that must stay.
  return indent === 0 ? escapeText(text) : text.split('\n').map(escapeText).join('\n');
}
