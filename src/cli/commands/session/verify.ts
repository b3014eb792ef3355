import { defineCommand } from '../../command.ts';
import { readToken, tokenHint, tokenOptions } from '../../input/tokens.ts';
import { record } from '../../render/result.ts';
import { verifiedSessionView } from '../../views/session.ts';

export const sessionVerify = defineCommand({
  name: 'session verify',
  description:
    'Exits 0 and tells whose session it is, or 3 with one message, whatever the reason. It is a use of the session,\n' +
    'which puts off its end: written once a minute at most, and not audited.',
  options: tokenOptions,
  examples: [
    'authctl session verify --token-stdin --json < token.txt',
    'authctl session verify --token-file /dev/fd/3 --output ids 3< token.txt',
  ],
  argumentHint: tokenHint,
  async run(context) {
    const sessions = await context.services.sessions();
    return record(verifiedSessionView, await sessions.verify(await readToken(context, context.options)));
  },
});
