import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import type { UserRecord } from '../../../domain/user.ts';
import { loginRefused } from '../../../services/logins/logins.ts';
import { changeMany, rehearsalOptions } from '../../bulk.ts';
import { defineCommand } from '../../command.ts';
import {
  hasPasswordSource,
  lostPasswordHint,
  type PasswordChoiceOptions,
  passwordChoice,
  passwordChoiceOptions,
} from '../../input/password-choice.ts';
import {
  hasOldPassword,
  type OldPasswordOptions,
  oldPasswordOptions,
  passwordOptions,
  readOldPassword,
} from '../../input/passwords.ts';
import { flag, mustChangeOption } from '../../options.ts';
import { type Result, record } from '../../render/result.ts';
import { generatedText, userWithPasswordView } from '../../views/user.ts';

export const userPasswd = defineCommand({
  name: 'user passwd [user]',
  description:
    'A lock stays as it is; authctl user unlock ends it.\n\n' +
    'With the old password the change counts as made by the user: the old password is checked like that of a\n' +
    'login, with failures counted and refused alike (exit code 3). The new one need not be changed again.\n\n' +
    '--all --must-change makes all users change their passwords at the next login. It asks first, or needs --yes.',
  options: {
    ...mustChangeOption,
    ...passwordOptions,
    ...passwordChoiceOptions,
    ...oldPasswordOptions,
    all: flag('--all', 'with --must-change: all users, who keep their passwords until then'),
    ...rehearsalOptions,
  },
  examples: [
    'authctl user passwd alice',
    'authctl user passwd alice --generate > password.txt',
    'authctl user passwd alice --old-password',
    'authctl user passwd alice --old-password-file old.txt --password-stdin < new.txt',
    'authctl user passwd --all --must-change --yes',
  ],
  interruptible: ({ all, dryRun }) => all && !dryRun,
  async run(context) {
    const { services, args, options, warn } = context;
    if (options.all) {
      checkAll(args.user, options);
      return changeMany(context, {}, options, {
        asks: (users) => `makes ${users} change the password at the next login`,
        done: (users) => `${users} must change the password at the next login`,
        run: (bulk, request) => bulk.set(request, { mustChangePassword: true }),
      });
    }
    const { user } = args;
    if (user === undefined) throw new AuthctlError('usage', 'name a user, or give --all --must-change');
    if (options.dryRun) throw new AuthctlError('usage', '--dry-run goes with --all');
    if (options.mustChange !== undefined && hasOldPassword(options)) {
      throw new AuthctlError('usage', '--must-change and --no-must-change do not go with the old password');
    }
    const old = await readOldPassword(context, options);
    if (old !== undefined) {
      const own = await services.ownPasswords();
      const changed = await own.change(user, old, await passwordChoice(context, options));
      if (changed.outcome === 'refused') throw loginRefused();
      return changedResult(changed);
    }
    const users = await services.users();
    // Nobody should type a new password only to learn that the user does not exist.
    await users.show(user);
    const choice = await passwordChoice(context, options);
    const changed = await users.setPassword(user, choice, options.mustChange);
    const { username, status } = changed.user;
    if (status !== 'active') await warn(`user ${quote(username)} is still ${status}`);
    return changedResult(changed);
  },
});

function checkAll(
  user: string | undefined,
  options: PasswordChoiceOptions & OldPasswordOptions & { mustChange: boolean | undefined },
): void {
  if (user !== undefined) throw new AuthctlError('usage', 'give a user or --all, not both');
  if (options.mustChange && !hasPasswordSource(options) && !hasOldPassword(options)) return;
  throw new AuthctlError('usage', '--all goes with --must-change, and with no password');
}

function changedResult(changed: { user: UserRecord; generated: string | undefined }): Result {
  return record(userWithPasswordView, changed, {
    message: `password of user ${quote(changed.user.username)} changed${generatedText(changed)}`,
    alone: changed.generated,
    ifLost: changed.generated && lostPasswordHint(changed.user.username),
  });
}
