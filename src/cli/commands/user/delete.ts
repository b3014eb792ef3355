import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { askToGoOn, confirmationOption } from '../../confirmation.ts';
import { versionOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const userDelete = defineCommand({
  name: 'user delete <user>',
  description:
    'Nobody can log in as a deleted user. The name and the e-mail address stay taken, and nothing is lost until\n' +
    'authctl user purge; authctl user restore takes the deletion back. It asks at a terminal.',
  options: { ...versionOption, ...confirmationOption },
  examples: ['authctl user delete alice', 'authctl user delete alice --yes'],
  async run(context) {
    const { services, args, options, terminal } = context;
    if (terminal.stdinIsTTY && !options.yes) {
      const { username, status } = await (await services.users()).show(args.user);
      if (status !== 'deleted') await askToGoOn(context, `deletes user ${quote(username)}`);
    }
    const deletions = await services.userDeletions();
    const user = await deletions.delete(args.user, options.ifVersion);
    return record(userView, user, { message: `user ${quote(user.username)} deleted` });
  },
});
