import { quote } from '../../../domain/text.ts';
import { bulkIsInterruptible, bulkOptions, changeMany, whereHelp, whoIsMeant } from '../../bulk.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userDisable = defineCommand({
  name: 'user disable [user]',
  description: `Nobody can log in as the user until authctl user enable. A lock is for a while, this is for good.\n\n${whereHelp}`,
  options: bulkOptions,
  examples: ['authctl user disable alice', 'authctl user disable --where emailDomain=old.example.org --yes'],
  interruptible: bulkIsInterruptible,
  async run(context) {
    const { services, args, options } = context;
    const meant = whoIsMeant(args.user, options);
    if ('selection' in meant) {
      return changeMany(context, meant.selection, options, {
        asks: (users) => `disables ${users}`,
        done: (users) => `${users} disabled`,
        run: (bulk, request) => bulk.disable(request),
      });
    }
    const states = await services.userStates();
    const user = await states.disable(meant.user);
    return record(userView, user, { message: `user ${quote(user.username)} disabled` });
  },
});
