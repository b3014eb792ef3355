import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import type { BulkUserChanges, UserChanges } from '../../../services/users/users.ts';
import {
  bulkIsInterruptible,
  bulkOptions,
  changeMany,
  requireNoVersion,
  whereHelp,
  whoIsMeant,
} from '../../bulk.ts';
import { defineCommand } from '../../command.ts';
import { clearable, text, toggle, versionOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userSet = defineCommand({
  name: 'user set [user]',
  description: `${whereHelp}\n\n--username and --email take one user: no two users can have the same.`,
  options: {
    username: text('--username <name>', 'rename the user'),
    email: clearable('--email <address>', '--no-email', 'e-mail address'),
    firstName: clearable('--first-name <name>', '--no-first-name', 'first name'),
    lastName: clearable('--last-name <name>', '--no-last-name', 'last name'),
    mustChange: toggle(
      ['--must-change', 'the password must be changed at the next login'],
      ['--no-must-change', 'the password need not be changed'],
    ),
    ...versionOption,
    ...bulkOptions,
  },
  examples: [
    'authctl user set alice --email alice@example.org',
    'authctl user set alice --no-last-name',
    'authctl user set alice --first-name Ann --if-version 3',
    'authctl user set --where passwordChangedBefore=2025-01-01 --must-change --dry-run',
  ],
  interruptible: bulkIsInterruptible,
  async run(context) {
    const { services, args, options } = context;
    const { username, email, firstName, lastName, mustChange, ifVersion } = options;
    const changes = { username, email, firstName, lastName, mustChangePassword: mustChange };
    const meant = whoIsMeant(args.user, options);
    if (Object.values(changes).every((value) => value === undefined)) {
      throw new AuthctlError('usage', 'nothing to set', {
        hint: 'authctl user set --help lists what can be set',
      });
    }
    if ('selection' in meant) {
      requireNoVersion(options);
      const shared = sharedChanges(changes);
      return changeMany(context, meant.selection, options, {
        asks: (users) => `changes ${users}`,
        done: (users) => `${users} set`,
        run: (bulk, request) => bulk.set(request, shared),
      });
    }
    const users = await services.users();
    const user = await users.set(meant.user, changes, ifVersion);
    return record(userView, user, { message: `user ${quote(user.username)} set` });
  },
});

function sharedChanges({ username, email, ...rest }: UserChanges): BulkUserChanges {
  if (username === undefined && typeof email !== 'string') return { ...rest, email };
  throw new AuthctlError('usage', '--username and --email go with one user', {
    hint: 'what only one user can have is not set with --where',
  });
}
