import { defineCommand } from '../../command.ts';
import { readToken, tokenHint, tokenOptions } from '../../input/tokens.ts';
import { record } from '../../render/result.ts';
import { verifiedSessionView } from '../../views/session.ts';

export const sessionVerify = defineCommand({
  name: 'session verify',
  description:
    'Exits 0 and shows whose session it is, or exits 3, always with the same message. Verifying counts as a use and\n' +
    'postpones the idle limit; it is written at most once a minute, and not audited. A refusal is audited.',
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
