import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { readToken, tokenHint, tokenOptions } from '../../input/tokens.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const emailVerify = defineCommand({
  name: 'email verify',
  description:
    'A token can be used once, and only while the user has the address that it was issued for. Otherwise it exits 3,\n' +
    'always with the same message. An address that is changed later is unverified again.',
  options: tokenOptions,
  examples: ['authctl email verify --token-stdin < token.txt', 'authctl email verify --token-file token.txt'],
  argumentHint: tokenHint,
  async run(context) {
    const { services, options } = context;
    const token = await readToken(context, options);
    const emails = await services.emails();
    const user = await emails.verify(token);
    const message = `address ${quote(user.email ?? '')} of user ${quote(user.username)} verified`;
    return record(userView, user, { message });
  },
});
