import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userEnable = defineCommand({
  name: 'user enable <user>',
  description: 'A lock stays as it is; authctl user unlock ends it.',
  options: {},
  examples: ['authctl user enable alice'],
  async run({ services, args }) {
    const states = await services.userStates();
    const user = await states.enable(args.user);
    return record(userView, user, { message: `user ${quote(user.username)} enabled` });
  },
});
