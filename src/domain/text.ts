// C0 and C1 controls, line and paragraph separators, and characters that reorder or hide text: Unicode's
// Bidi_Control characters, zero-width characters, tags and the byte order mark (UTR #36).
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be stored
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** `text` with every character that a terminal would act upon or not show written as `\uXXXX`. */
export function escapeText(text: string): string {
  return text.replace(unsafe, (found) => found.split('').map(escapeUnit).join(''));
}

const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Foreign text inside a message: escaped, shortened to 100 characters, in double quotes. */
export function quote(text: string): string {
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return `"${escapeText(short)}"`;
}

/** Whether `text` holds control characters or line separators, which no name may. */
export function hasControls(text: string): boolean {
  return controls.test(text);
}

/** How many code points `text` has. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
