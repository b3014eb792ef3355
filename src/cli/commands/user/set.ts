import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { clearable, text, toggle, versionOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userSet = defineCommand({
  name: 'user set <user>',
  options: {
    username: text('--username <name>', 'rename the user'),
    email: clearable('--email <address>', '--no-email', 'e-mail address'),
    firstName: clearable('--first-name <name>', '--no-first-name', 'first name'),
    lastName: clearable('--last-name <name>', '--no-last-name', 'last name'),
    mustChange: toggle(
      '--must-change',
      '--no-must-change',
      'whether the password must be changed at the next login',
    ),
    ...versionOption,
  },
  examples: [
    'authctl user set alice --email alice@example.org',
    'authctl user set alice --no-last-name',
    'authctl user set alice --first-name Ann --if-version 3',
  ],
  async run({ services, args, options }) {
    const { mustChange, ifVersion, ...rest } = options;
    const changes = { ...rest, mustChangePassword: mustChange };
    if (Object.values(changes).every((value) => value === undefined)) {
      throw new AuthctlError('usage', 'nothing to set', {
        hint: 'authctl user set --help lists what can be set',
      });
    }
    const users = await services.users();
    const user = await users.set(args.user, changes, ifVersion);
    return record(userView, user, { message: `user ${quote(user.username)} set` });
  },
});
