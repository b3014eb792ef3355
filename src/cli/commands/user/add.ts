import { AuthctlError } from '../../../domain/errors.ts';
import { longestLives } from '../../../domain/policy.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { requireDelivery } from '../../delivery.ts';
import {
  lostPasswordHint,
  passwordChoiceOptions,
  passwordChoiceOrNone,
} from '../../input/password-choice.ts';
import { passwordOptions } from '../../input/passwords.ts';
import { flag, lifeOption, mustChangeOption, text } from '../../options.ts';
import { record } from '../../render/result.ts';
import { addedUserView, issuedText } from '../../views/token.ts';
import { generatedText } from '../../views/user.ts';

export const userAdd = defineCommand({
  name: 'user add <name>',
  description:
    'The password is asked for twice at a terminal; elsewhere one of the password options is needed.\n' +
    'With --invite the user sets it: authctl reset redeem.',
  options: {
    email: text('--email <address>', 'e-mail address'),
    firstName: text('--first-name <name>', 'first name'),
    lastName: text('--last-name <name>', 'last name'),
    ...mustChangeOption,
    disabled: flag('--disabled', 'the user cannot log in until enabled'),
    ...passwordOptions,
    ...passwordChoiceOptions,
    noPassword: flag('--no-password', 'without a password; nobody can log in as the user'),
    invite: flag('--invite', 'without a password, but with a token to set one, alone on standard output'),
    ...lifeOption(longestLives.invite),
  },
  examples: [
    'authctl user add alice --email alice@example.org',
    'authctl user add bob --password-stdin < password.txt',
    'authctl user add carol --generate > password.txt',
    'authctl user add dave --email dave@example.org --invite --for 3d > token.txt',
  ],
  async run(context) {
    const { services, args, options } = context;
    if (options.for !== undefined && !options.invite) {
      throw new AuthctlError('usage', '--for goes with --invite alone');
    }
    if (options.invite) await requireDelivery(context, 'the token');
    const users = await services.users();
    const added = await users.add({
      username: args.name,
      email: options.email,
      firstName: options.firstName,
      lastName: options.lastName,
      mustChangePassword: options.mustChange,
      disabled: options.disabled,
      password: await passwordChoiceOrNone(context, {
        ...options,
        noPassword: options.noPassword || options.invite,
      }),
      invitation: options.invite ? { lifeMs: options.for } : undefined,
    });
    const { user, generated, invitation } = added;
    const message = `user ${quote(user.username)} added${generatedText(added)}`;
    return record(addedUserView, added, {
      message: invitation ? issuedText(`${message}; token for a first password`, invitation) : message,
      alone: invitation?.token ?? generated,
      ifLost:
        (invitation && `authctl reset issue ${shellWord(user.username)} makes another token`) ??
        (generated && lostPasswordHint(user.username)),
    });
  },
});
