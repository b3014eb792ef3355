import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userDisable = defineCommand({
  name: 'user disable <user>',
  description:
    'Nobody can log in as the user until authctl user enable; a lock is for a while, this is for good.',
  options: {},
  examples: ['authctl user disable alice'],
  async run({ services, args }) {
    const states = await services.userStates();
    const user = await states.disable(args.user);
    return record(userView, user, { message: `user ${quote(user.username)} disabled` });
  },
});
