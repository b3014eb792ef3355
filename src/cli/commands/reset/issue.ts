import { longestLives } from '../../../domain/policy.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { requireDelivery } from '../../delivery.ts';
import { lifeOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { issuedText, issuedTokenView } from '../../views/token.ts';

export const resetIssue = defineCommand({
  name: 'reset issue <user>',
  description:
    'The token is printed only now, alone on standard output: give it to the user, who sets a password with\n' +
    'authctl reset redeem. It replaces an older token of the user, and ends when the user gets a new password or\n' +
    'address, or is locked, disabled or deleted.',
  options: lifeOption(longestLives.reset),
  examples: ['authctl reset issue alice > token.txt', 'authctl reset issue alice --for 15m --json'],
  // With `-o ids` the token would be issued and not shown, so that nobody could use it.
  withoutIds: true,
  async run(context) {
    const { services, args, options } = context;
    await requireDelivery(context, 'the token');
    const resets = await services.resets();
    const issued = await resets.issue(args.user, options.for);
    const what = `token for a new password of user ${quote(issued.user.username)}`;
    return record(issuedTokenView, issued, {
      message: issuedText(what, issued),
      alone: issued.token,
      ifLost: 'authctl reset issue makes another token, and this one ends by that',
    });
  },
});
