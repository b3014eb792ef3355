import { longestLives } from '../../../domain/policy.ts';
import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { lifeOption } from '../../options.ts';
import { record } from '../../render/result.ts';
import { issuedText, issuedTokenView } from '../../views/token.ts';

export const emailIssue = defineCommand({
  name: 'email issue <user>',
  description:
    'The token is printed this once, alone on standard output: send it to the address of the user. It is good for that\n' +
    'address alone. An older one of the user dies by this.',
  options: lifeOption(longestLives.email),
  examples: ['authctl email issue alice > token.txt', 'authctl email issue alice --for 2h --json'],
  // Whoever asks for the id alone would have a token that nobody knows.
  withoutIds: true,
  async run({ services, args, options }) {
    const emails = await services.emails();
    const issued = await emails.issue(args.user, options.for);
    const what = `token for the address ${quote(issued.user.email ?? '')}`;
    return record(issuedTokenView, issued, { message: issuedText(what, issued), alone: issued.token });
  },
});
