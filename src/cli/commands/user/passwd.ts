import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { flag } from '../../options.ts';
import { passwordChoice, passwordChoiceOptions } from '../../password-choice.ts';
import { passwordOptions } from '../../password-input.ts';
import { record } from '../../render/result.ts';
import { userWithPasswordView } from '../../views/user.ts';

export const userPasswd = defineCommand({
  name: 'user passwd <user>',
  description: 'A lock stays as it is; authctl user unlock ends it.',
  options: {
    mustChange: flag('--must-change', 'the password must be changed at the next login'),
    ...passwordOptions,
    ...passwordChoiceOptions,
  },
  examples: ['authctl user passwd alice', 'authctl user passwd alice --generate --must-change'],
  async run(context) {
    const { services, args, options, warn } = context;
    const users = await services.users();
    // Nobody should type a new password for a user who is not there.
    await users.show(args.user);
    const choice = await passwordChoice(context, options);
    const changed = await users.setPassword(args.user, choice, options.mustChange);
    const name = quote(changed.user.username);
    if (changed.user.status !== 'active') await warn(`user ${name} is still ${changed.user.status}`);
    return record(userWithPasswordView, changed, {
      message: `password of user ${name} changed`,
      alone: changed.generated,
    });
  },
});
