import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import type { UserRecord } from '../../../domain/user.ts';
import { loginRefused } from '../../../services/logins.ts';
import { defineCommand } from '../../command.ts';
import { flag } from '../../options.ts';
import { passwordChoice, passwordChoiceOptions } from '../../password-choice.ts';
import { oldPasswordOptions, passwordOptions, readOldPassword } from '../../password-input.ts';
import { type Result, record } from '../../render/result.ts';
import { userWithPasswordView } from '../../views/user.ts';

export const userPasswd = defineCommand({
  name: 'user passwd <user>',
  description:
    'A lock stays as it is; authctl user unlock ends it.\n\n' +
    "With the old password it is the user's own change: the old one is checked, counted and locked out like a login,\n" +
    'and refused like one (exit code 3); the user need not change it again at the next login.',
  options: {
    mustChange: flag('--must-change', 'the password must be changed at the next login'),
    ...passwordOptions,
    ...passwordChoiceOptions,
    ...oldPasswordOptions,
  },
  examples: [
    'authctl user passwd alice',
    'authctl user passwd alice --generate --must-change',
    'authctl user passwd alice --old-password',
    'authctl user passwd alice --old-password-file old.txt --password-stdin < new.txt',
  ],
  async run(context) {
    const { services, args, options, warn } = context;
    if (options.mustChange && (options.oldPassword || options.oldPasswordFile !== undefined)) {
      throw new AuthctlError('usage', '--must-change does not go with the old password');
    }
    const old = await readOldPassword(context, options);
    if (old !== undefined) {
      const own = await services.ownPasswords();
      const changed = await own.change(args.user, old, await passwordChoice(context, options));
      if (changed.outcome === 'refused') throw loginRefused();
      return changedResult(changed);
    }
    const users = await services.users();
    // Nobody should type a new password for a user who is not there.
    await users.show(args.user);
    const choice = await passwordChoice(context, options);
    const changed = await users.setPassword(args.user, choice, options.mustChange);
    const { username, status } = changed.user;
    if (status !== 'active') await warn(`user ${quote(username)} is still ${status}`);
    return changedResult(changed);
  },
});

function changedResult(changed: { user: UserRecord; generated: string | undefined }): Result {
  return record(userWithPasswordView, changed, {
    message: `password of user ${quote(changed.user.username)} changed`,
    alone: changed.generated,
  });
}
