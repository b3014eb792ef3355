import { longestLives } from '../../../domain/policy.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { lifeOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { issuedText, issuedTokenView } from '../../views/token.ts';

export const resetIssue = defineCommand({
  name: 'reset issue <user>',
  description:
    'The token is printed this once, alone on standard output: hand it to the user, who sets a password with\n' +
    'authctl reset redeem. An older one of the user dies by this. A new password or address, a lock, disabling and\n' +
    'deleting the user end it too.',
  options: lifeOption(longestLives.reset),
  examples: ['authctl reset issue alice > token.txt', 'authctl reset issue alice --for 15m --json'],
  // Whoever asks for the id alone would have a token that nobody knows.
  withoutIds: true,
  async run({ services, args, options }) {
    const resets = await services.resets();
    const issued = await resets.issue(args.user, options.for);
    const what = `token for a new password of user ${quote(issued.user.username)}`;
    return record(issuedTokenView, issued, { message: issuedText(what, issued), alone: issued.token });
  },
});
