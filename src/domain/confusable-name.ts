import { quote } from './text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
const ascii = /^[\u0000-\u007f]*$/;

/** Scripts that are written together, as UTS #39, 5.2, has them for the level Highly Restrictive. */
const writtenTogether = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
] as const;

/**
 * The scripts of UAX #31, tables 5 (recommended) and 7 (limited use). UTS #39 leaves out those of limited use as well;
 * here they are accepted, since people write their names in them. Which character belongs to which script is known to
 * the regular expressions of JavaScript.
 */
const scripts: readonly string[] = [
  ...['Latin', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo', 'Cyrillic', 'Arabic', 'Greek', 'Hebrew'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam'],
  ...['Sinhala', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Armenian', 'Georgian', 'Ethiopic', 'Thaana'],
  ...['Adlam', 'Balinese', 'Bamum', 'Batak', 'Canadian_Aboriginal', 'Chakma', 'Cham', 'Cherokee'],
  ...[
    'Hanifi_Rohingya',
    'Javanese',
    'Kayah_Li',
    'Lepcha',
    'Limbu',
    'Lisu',
    'Mandaic',
    'Meetei_Mayek',
    'Miao',
  ],
  ...['New_Tai_Lue', 'Newa', 'Nko', 'Nyiakeng_Puachue_Hmong', 'Ol_Chiki', 'Osage', 'Saurashtra', 'Sundanese'],
  ...['Syloti_Nagri', 'Syriac', 'Tai_Le', 'Tai_Tham', 'Tai_Viet', 'Tifinagh', 'Vai', 'Wancho', 'Yi'],
];

/**
 * Why people could take `name`, in NFC, for another one, as the end of a sentence; `undefined` if they could not. It
 * finds characters that are not shown, forms that compatibility normalization (NFKC) replaces by others, and scripts
 * that are not written together. It does not find two names of one script that look alike.
 */
export function confusableFault(name: string): string | undefined {
  if (ascii.test(name)) return undefined;
  const invisible = /\p{Default_Ignorable_Code_Point}/u.exec(name)?.[0];
  if (invisible !== undefined) return `holds the invisible character ${codePointText(invisible)}`;
  const plain = name.normalize('NFKC');
  if (plain !== name) return `is another form of ${quote(plain)}`;
  if (writtenTogether.some((some) => consistsOf(name, some))) return undefined;
  if (scripts.some((script) => consistsOf(name, [script]))) return undefined;
  return scriptFault(name);
}

function scriptFault(name: string): string {
  const found = new Set<string>();
  for (const character of name) {
    if (consistsOf(character, [])) continue;
    const script = scripts.find((one) => consistsOf(character, [one]));
    if (script === undefined) return `holds ${quote(character)}, of a script that is not used for names`;
    found.add(script.replaceAll('_', ' '));
  }
  const names = [...found];
  return `mixes ${names.slice(0, -1).join(', ')} and ${names.at(-1)} characters`;
}

const patterns = new Map<string, RegExp>();

/** Whether each character of `text` belongs to one of the scripts, or to all, as digits and punctuation do. */
function consistsOf(text: string, some: readonly string[]): boolean {
  const key = some.join();
  let pattern = patterns.get(key);
  if (!pattern) {
    const properties = ['Common', 'Inherited', ...some].map((script) => `\\p{Script_Extensions=${script}}`);
    pattern = new RegExp(`^[${properties.join('')}]*$`, 'u');
    patterns.set(key, pattern);
  }
  return pattern.test(text);
}

const codePointText = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
