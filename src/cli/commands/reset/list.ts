import { defineCommand } from '../../command.ts';
import { list } from '../../render/result.ts';
import { openTokenView } from '../../views/token.ts';

export const resetList = defineCommand({
  name: 'reset list',
  description: 'Oldest first, with invitations. The tokens themselves are not stored, and so not shown.',
  options: {},
  examples: ['authctl reset list', 'authctl reset list --output csv'],
  async run({ services }) {
    const resets = await services.resets();
    return list(openTokenView, resets.list(), { empty: 'no tokens are open' });
  },
});
