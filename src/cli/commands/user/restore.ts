import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userRestore = defineCommand({
  name: 'user restore <user>',
  description:
    'The user is as before the deletion: with the same password, and still locked or disabled if it was.',
  options: {},
  examples: ['authctl user restore alice'],
  async run({ services, args, warn }) {
    const deletions = await services.userDeletions();
    const user = await deletions.restore(args.user);
    const name = quote(user.username);
    if (user.status !== 'active') await warn(`user ${name} is still ${user.status}`);
    return record(userView, user, { message: `user ${name} restored` });
  },
});
