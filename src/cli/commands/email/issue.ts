import { longestLives } from '../../../domain/policy.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { requireDelivery } from '../../delivery.ts';
import { lifeOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { issuedText, issuedTokenView } from '../../views/token.ts';

export const emailIssue = defineCommand({
  name: 'email issue <user>',
  description:
    "The token is printed only now, alone on standard output: send it to the user's address. It is valid for that\n" +
    'address only, and replaces an older token of the user.',
  options: lifeOption(longestLives.email),
  examples: ['authctl email issue alice > token.txt', 'authctl email issue alice --for 2h --json'],
  // With `-o ids` the token would be issued and not shown, so that nobody could use it.
  withoutIds: true,
  async run(context) {
    const { services, args, options } = context;
    await requireDelivery(context, 'the token');
    const emails = await services.emails();
    const issued = await emails.issue(args.user, options.for);
    const what = `token for the address ${quote(issued.user.email ?? '')}`;
    return record(issuedTokenView, issued, {
      message: issuedText(what, issued),
      alone: issued.token,
      ifLost: 'authctl email issue makes another token, and this one ends by that',
    });
  },
});
