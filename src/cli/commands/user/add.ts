import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { flag, text } from '../../options.ts';
import { passwordChoiceOptions, passwordChoiceOrNone } from '../../password-choice.ts';
import { passwordOptions } from '../../password-input.ts';
import { record } from '../../render/result.ts';
import { userWithPasswordView } from '../../views/user.ts';

export const userAdd = defineCommand({
  name: 'user add <name>',
  description:
    'The password is asked for twice at a terminal; elsewhere one of the password options is needed.',
  options: {
    email: text('--email <address>', 'e-mail address'),
    firstName: text('--first-name <name>', 'first name'),
    lastName: text('--last-name <name>', 'last name'),
    mustChange: flag('--must-change', 'the password must be changed at the next login'),
    disabled: flag('--disabled', 'the user cannot log in until enabled'),
    ...passwordOptions,
    ...passwordChoiceOptions,
    noPassword: flag('--no-password', 'without a password; nobody can log in as the user'),
  },
  examples: [
    'authctl user add alice --email alice@example.org',
    'authctl user add bob --password-stdin < password.txt',
    'authctl user add carol --generate --must-change',
  ],
  async run(context) {
    const { services, args, options } = context;
    const users = await services.users();
    const added = await users.add({
      username: args.name,
      email: options.email,
      firstName: options.firstName,
      lastName: options.lastName,
      mustChangePassword: options.mustChange,
      disabled: options.disabled,
      password: await passwordChoiceOrNone(context, options),
    });
    return record(userWithPasswordView, added, {
      message: `user ${quote(added.user.username)} added`,
      alone: added.generated,
    });
  },
});
