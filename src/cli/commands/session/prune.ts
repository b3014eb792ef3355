import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { prunedSessionsView, sessionsText } from '../../views/session.ts';

export const sessionPrune = defineCommand({
  name: 'session prune',
  description:
    'Expired sessions are no longer valid; this deletes them, to free their space. It works in short transactions,\n' +
    'so that logins can go on.',
  options: {},
  examples: ['authctl session prune'],
  withoutIds: true,
  async run({ services }) {
    const sessions = await services.sessions();
    const pruned = await sessions.prune();
    return record(prunedSessionsView, { pruned }, { message: `${sessionsText(pruned)} removed` });
  },
});
