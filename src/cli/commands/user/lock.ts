import { parseDuration, parseTime } from '../../../domain/duration.ts';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { bulkIsInterruptible, bulkOptions, changeMany, whereHelp, whoIsMeant } from '../../bulk.ts';
import { defineCommand } from '../../command.ts';
import { askToGoOn } from '../../input/confirmation.ts';
import { parsed, text } from '../../options.ts';
import { record } from '../../render/result.ts';
import { shownTime } from '../../views/times.ts';
import { userView } from '../../views/user.ts';

export const userLock = defineCommand({
  name: 'user lock [user]',
  description: `Without --for or --until the lock lasts until authctl user unlock ends it. It replaces a lock that the
user has; if that one lasts longer, the command asks, or needs --yes.\n\n${whereHelp}`,
  options: {
    for: parsed('--for <duration>', 'how long: 30m, 2h, 90d, 1w', parseDuration),
    until: parsed('--until <time>', 'until when, in UTC if no zone is given', parseTime),
    reason: text('--reason <text>', 'why; shown to operators only'),
    ...bulkOptions,
  },
  examples: [
    'authctl user lock alice --for 2h --reason "lost laptop"',
    'authctl user lock alice --until 2027-01-31T18:00+02:00',
    'authctl user lock --where status=active,lastLoginBefore=2026-01-01 --reason unused --dry-run',
  ],
  interruptible: bulkIsInterruptible,
  async run(context) {
    const { services, args, options } = context;
    const { reason } = options;
    const meant = whoIsMeant(args.user, options);
    if (options.for !== undefined && options.until) {
      throw new AuthctlError('usage', 'give --for or --until, not both');
    }
    const end =
      options.for !== undefined
        ? { forMs: options.for }
        : options.until
          ? { until: options.until }
          : 'unlocked';
    if ('selection' in meant) {
      return changeMany(context, meant.selection, options, {
        asks: (users) => `locks ${users}`,
        done: (users) => `${users} locked`,
        run: (bulk, request) => bulk.lock(request, end, reason),
      });
    }
    const states = await services.userStates();
    const lock = (shorten: boolean) => states.lock(meant.user, end, reason, { shorten });
    const user = await lock(options.yes).catch(async (error: unknown) => {
      const mayAsk = error instanceof AuthctlError && error.code === 'confirmation-needed';
      if (!mayAsk || !context.terminal.stdinIsTTY) throw error;
      await askToGoOn(context, error.message.replace(/^this /, ''));
      return lock(true);
    });
    const until = user.lockedUntil ? `until ${shownTime(user.lockedUntil)}` : 'until unlocked';
    return record(userView, user, { message: `user ${quote(user.username)} locked ${until}` });
  },
});
