import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { prunedSessionsView, sessionsText } from '../../views/session.ts';

export const sessionPrune = defineCommand({
  name: 'session prune',
  description:
    'They open nothing any more; this gives back their room. It works in short transactions, beside logins.',
  options: {},
  examples: ['authctl session prune'],
  withoutIds: true,
  async run({ services }) {
    const sessions = await services.sessions();
    const pruned = await sessions.prune();
    return record(prunedSessionsView, { pruned }, { message: `${sessionsText(pruned)} removed` });
  },
});
