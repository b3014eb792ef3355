import { type CommandEntry, commands, nouns } from './commands/index.ts';

// Global options whose value is the next word.
const withValue = new Set([
  '--database',
  '--database-password-file',
  '--timeout',
  '--actor',
  '--output',
  '-o',
]);

/** Turns `help user add` and `user help add` into `user add --help`. */
export function spellHelp(argv: readonly string[]): readonly string[] {
  const [first = '', second] = argv;
  if (first === 'help') return [...argv.slice(1), '--help'];
  return second === 'help' && Object.hasOwn(nouns, first) ? [first, ...argv.slice(2), '--help'] : argv;
}

/**
 * The command that the arguments name: the first two words that are neither global options nor their values. Nothing
 * is loaded or declared for that. Where no command is found (`help`, a misspelling), all of them are declared, which
 * is slower.
 */
export function findCommand(argv: readonly string[]): CommandEntry | undefined {
  const words: string[] = [];
  for (let index = 0; index < argv.length && words.length < 2; index += 1) {
    const word = argv[index] ?? '';
    if (withValue.has(word)) index += 1;
    else if (word === '--') break;
    else if (!word.startsWith('-')) words.push(word);
  }
  const [noun = '', verb] = words;
  if (verb === undefined || !Object.hasOwn(nouns, noun)) return undefined;
  return commands.find((command) => command.name === `${noun} ${verb}`);
}

/** Whether the arguments ask for JSON. For errors that occur before the settings are read. */
export function wantsJson(argv: readonly string[]): boolean {
  const rest = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return rest.some((word, index) => {
    const value = rest[index + 1] ?? '';
    if (word === '--json' || /^(--output=|-o)n?djson$/.test(word) || /^(--output=|-o)json$/.test(word))
      return true;
    return (word === '-o' || word === '--output') && (value === 'json' || value === 'ndjson');
  });
}
