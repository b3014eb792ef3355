import { defineCommand } from '../../command.ts';
import { exit } from '../../exit-codes.ts';
import { list, onePage } from '../../render/result.ts';
import { hashGroupView } from '../../views/hash.ts';

export const hashReport = defineCommand({
  name: 'hash report',
  description:
    'Counts all users, deleted ones too, by scheme, cost and age of their hash, the weakest first. A strength of none\n' +
    'means that the password itself is stored, fast that a computer guesses billions of times a second, weak that the\n' +
    'scheme is slow but its cost below what is advised today.',
  options: {},
  examples: ['authctl hash report', 'authctl hash report --json'],
  withoutIds: true,
  async run({ services, note }) {
    const hashes = await services.hashes();
    const groups = await hashes.report();
    const fast = groups.filter(({ strength }) => strength === 'none' || strength === 'fast');
    const users = fast.reduce((sum, group) => sum + group.users, 0);
    return list(hashGroupView, onePage(groups), {
      empty: 'there are no users',
      end: async () => {
        if (users > 0)
          await note(`${users} users have hashes that are fast to guess; authctl hash wrap strengthens them`);
        return exit.done;
      },
    });
  },
});
