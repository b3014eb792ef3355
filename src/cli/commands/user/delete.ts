import { quote } from '../../../domain/text.ts';
import {
  bulkIsInterruptible,
  bulkOptions,
  changeMany,
  requireNoVersion,
  whereHelp,
  whoIsMeant,
} from '../../bulk.ts';
import { defineCommand } from '../../command.ts';
import { askToGoOn } from '../../input/confirmation.ts';
import { versionOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userDelete = defineCommand({
  name: 'user delete [user]',
  description:
    'Nobody can log in as a deleted user. The name and the e-mail address stay taken, and nothing is\n' +
    `lost until authctl user purge; authctl user restore undoes it. At a terminal it asks first.\n\n${whereHelp}`,
  options: { ...versionOption, ...bulkOptions },
  examples: [
    'authctl user delete alice',
    'authctl user delete alice --if-version 3 --yes',
    'authctl user delete --where status=disabled,lastLoginBefore=2024-01-01 --dry-run',
  ],
  interruptible: bulkIsInterruptible,
  async run(context) {
    const { services, args, options, terminal } = context;
    const meant = whoIsMeant(args.user, options);
    if ('selection' in meant) {
      requireNoVersion(options);
      return changeMany(context, meant.selection, options, {
        asks: (users) => `deletes ${users}`,
        done: (users) => `${users} deleted`,
        run: (bulk, request) => bulk.delete(request),
      });
    }
    if (terminal.stdinIsTTY && !options.yes) {
      const { username, status } = await (await services.users()).show(meant.user);
      if (status !== 'deleted') await askToGoOn(context, `deletes user ${quote(username)}`);
    }
    const deletions = await services.userDeletions();
    const user = await deletions.delete(meant.user, options.ifVersion);
    return record(userView, user, { message: `user ${quote(user.username)} deleted` });
  },
});
