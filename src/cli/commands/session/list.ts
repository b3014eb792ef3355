import { defineCommand } from '../../command.ts';
import { text } from '../../options.ts';
import { list } from '../../render/result.ts';
import { sessionView } from '../../views/session.ts';

export const sessionList = defineCommand({
  name: 'session list',
  description: 'Oldest first. The ids are not secret: nobody can log in with one.',
  options: { user: text('--user <user>', 'only sessions of this user') },
  examples: ['authctl session list', 'authctl session list --user alice --json'],
  async run({ services, options }) {
    const sessions = await services.sessions();
    return list(sessionView, sessions.list(options.user), { empty: 'no sessions found' });
  },
});
