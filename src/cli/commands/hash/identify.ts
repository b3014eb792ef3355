import { defineCommand } from '../../command.ts';
import { readHash } from '../../input/hashes.ts';
import { flag, text } from '../../options.ts';
import { list, onePage } from '../../render/result.ts';
import { possibleHashView } from '../../views/hash.ts';

export const hashIdentify = defineCommand({
  name: 'hash identify',
  description:
    'Reads one hash from standard input, or asks for it at a terminal, and lists what it may be, one thing a line. Where\n' +
    'there are several, authctl user import needs the --hash-format of one of them; where there is none, no password\n' +
    'matches the hash. Nothing of the hash is printed, and no database is needed.',
  options: {
    stdin: flag('--stdin', 'read standard input even at a terminal'),
    hashFormat: text(
      '--hash-format <format>',
      'what hashes are that do not say it: md5, sha256:password+salt, …',
    ),
  },
  examples: ['authctl hash identify', 'authctl hash identify --stdin --json < hash.txt'],
  argumentHint: 'what stands on a command line can be read by others: give the hash by standard input',
  withoutIds: true,
  async run({ services, terminal, options, note }) {
    const hash = await readHash(terminal, options.stdin);
    const formats = await services.hashFormats();
    const possible = await formats.identify(hash, options.hashFormat);
    return list(possibleHashView, onePage(possible), {
      empty: 'no password matches it: it marks a user without one',
      end: async () => {
        if (possible.length > 1) await note('the hash does not say which of these it is');
        return 0;
      },
    });
  },
});
