import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { confirmationOption, requireConfirmation } from '../../input/confirmation.ts';
import { flag, text } from '../../options.ts';
import { record } from '../../render/result.ts';
import { endedSessionsView, sessionsText } from '../../views/session.ts';

export const sessionRevoke = defineCommand({
  name: 'session revoke [id]',
  description:
    "Ends one session by its id, all sessions of a user with --user, or everybody's with --all, which asks first.",
  options: {
    user: text('--user <user>', 'all sessions of this user'),
    all: flag('--all', 'all sessions of the user, or of everybody without --user'),
    ...confirmationOption,
  },
  examples: [
    'authctl session revoke 0190c2f4-7a5e-7bb1-8d2f-3c1e5b7a9f01',
    'authctl session revoke --user alice',
    'authctl session revoke --all --yes',
  ],
  withoutIds: true,
  async run(context) {
    const { services, args, options } = context;
    const { user, all } = options;
    if ([args.id !== undefined, user !== undefined || all].filter(Boolean).length !== 1) {
      throw new AuthctlError('usage', 'give the id of a session, --user or --all', {
        hint: 'authctl session list shows the ids',
      });
    }
    const sessions = await services.sessions();
    if (args.id !== undefined) {
      await sessions.revoke(args.id);
      return record(endedSessionsView, { ended: 1 }, { message: `session ${quote(args.id)} ended` });
    }
    if (user !== undefined) {
      const { ended, username } = await sessions.revokeOfUser(user);
      const message = `${sessionsText(ended)} of user ${quote(username)} ended`;
      return record(endedSessionsView, { ended }, { message });
    }
    if (!options.yes) await requireConfirmation(context, 'ends the sessions of all users');
    const ended = await sessions.revokeAll();
    return record(endedSessionsView, { ended }, { message: `${sessionsText(ended)} ended` });
  },
});
