import { escapeText } from '../../domain/text.ts';

/**
 * A value as JSON, times being ISO 8601 UTC. Characters that a terminal would act upon or not show are written as
 * `\uXXXX`, which is the same text to any program.
 */
export function toJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  // The line breaks of the indentation must not be escaped.
  return indent === 0 ? escapeText(text) : text.split('\n').map(escapeText).join('\n');
}
