import { type CommandEntry, commands, nouns } from './commands/index.ts';

// Options that take the word behind them as their value.
const withValue = new Set([
  '--database',
  '--database-password-file',
  '--timeout',
  '--actor',
  '--output',
  '-o',
]);

/** `help user add` and `user help add` ask for what `user add --help` shows. */
export function spellHelp(argv: readonly string[]): readonly string[] {
  const [first = '', second] = argv;
  if (first === 'help') return [...argv.slice(1), '--help'];
  return second === 'help' && Object.hasOwn(nouns, first) ? [first, ...argv.slice(2), '--help'] : argv;
}

/**
 * The command that the arguments name, found without declaring any: the first two words that are no global
 * options. Whatever it misses (`help`, misspellings) goes the slow way, over all commands.
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

/** Whether errors must be JSON, for errors in the arguments themselves. */
export function wantsJson(argv: readonly string[]): boolean {
  const rest = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return rest.some((word, index) => {
    const value = rest[index + 1] ?? '';
    if (word === '--json' || /^(--output=|-o)n?djson$/.test(word) || /^(--output=|-o)json$/.test(word))
      return true;
    return (word === '-o' || word === '--output') && (value === 'json' || value === 'ndjson');
  });
}
