import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userUnlock = defineCommand({
  name: 'user unlock <user>',
  description: 'Ends a lock, whoever set it, and forgets the failed logins.',
  options: {},
  examples: ['authctl user unlock alice'],
  async run({ services, args }) {
    const states = await services.userStates();
    const user = await states.unlock(args.user);
    return record(userView, user, { message: `user ${quote(user.username)} unlocked` });
  },
});
