import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userShow = defineCommand({
  name: 'user show <user>',
  description: 'A user is named by username, e-mail address or id.',
  options: {},
  examples: ['authctl user show alice', 'authctl user show alice@example.org --json'],
  async run({ services, args }) {
    const users = await services.users();
    return record(userView, await users.show(args.user));
  },
});
