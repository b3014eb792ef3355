import { quote } from '../../../domain/text.ts';
import { bulkIsInterruptible, bulkOptions, changeMany, whereHelp, whoIsMeant } from '../../bulk.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userUnlock = defineCommand({
  name: 'user unlock [user]',
  description: `Ends a lock, whoever set it, and forgets the failed logins.\n\n${whereHelp}`,
  options: bulkOptions,
  examples: ['authctl user unlock alice', 'authctl user unlock --where status=locked --dry-run'],
  interruptible: bulkIsInterruptible,
  async run(context) {
    const { services, args, options } = context;
    const meant = whoIsMeant(args.user, options);
    if ('selection' in meant) {
      return changeMany(context, meant.selection, options, {
        asks: (users) => `unlocks ${users}`,
        done: (users) => `${users} unlocked`,
        run: (bulk, request) => bulk.unlock(request),
      });
    }
    const states = await services.userStates();
    const user = await states.unlock(meant.user);
    return record(userView, user, { message: `user ${quote(user.username)} unlocked` });
  },
});
