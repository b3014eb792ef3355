import { parseTime } from '../../../domain/duration.ts';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { flag, parsed, versionOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { shownTime } from '../../views/times.ts';
import { userView } from '../../views/user.ts';

export const userExpire = defineCommand({
  name: 'user expire <user>',
  description: 'Nobody can log in as the user from this time on; a time in the past takes effect at once.',
  options: {
    at: parsed('--at <time>', 'when the user expires, in UTC if no zone is given', parseTime),
    never: flag('--never', 'the user does not expire'),
    ...versionOption,
  },
  examples: [
    'authctl user expire alice --at 2027-12-31',
    'authctl user expire alice --at 2027-01-31T18:00+02:00',
    'authctl user expire alice --never',
  ],
  async run({ services, args, options }) {
    const { at = null, never, ifVersion } = options;
    if ((at !== null) === never) throw new AuthctlError('usage', 'give --at or --never');
    const states = await services.userStates();
    const user = await states.expire(args.user, at, ifVersion);
    const verb = user.status === 'expired' ? 'has expired' : 'expires';
    const when = user.expiresAt ? `${verb} at ${shownTime(user.expiresAt)}` : 'does not expire';
    return record(userView, user, { message: `user ${quote(user.username)} ${when}` });
  },
});
