import { quote } from '../../../domain/text.ts';
import { userNotDeleted } from '../../../services/users/users.ts';
import { defineCommand } from '../../command.ts';
import { confirmationOption, requireConfirmation } from '../../input/confirmation.ts';
import { record } from '../../render/result.ts';
import { purgedView } from '../../views/user.ts';

export const userPurge = defineCommand({
  name: 'user purge <user>',
  description:
    'Removes a deleted user and everything stored about it; the name is free again. Audit events stay, with\n' +
    "the user's id only. A user who is not deleted is refused, so that no single command can lose one.",
  options: confirmationOption,
  examples: ['authctl user purge alice', 'authctl user purge alice --yes'],
  async run(context) {
    const { services, args, options } = context;
    if (!options.yes) {
      const { username, status } = await (await services.users()).show(args.user);
      if (status !== 'deleted') throw userNotDeleted(username);
      await requireConfirmation(context, `removes user ${quote(username)} and everything of it for ever`);
    }
    const deletions = await services.userDeletions();
    const purged = await deletions.purge(args.user);
    return record(purgedView, purged, { message: `user ${quote(purged.username)} purged` });
  },
});
