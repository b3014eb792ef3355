import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { passwordOptions, readNewPassword } from '../../input/passwords.ts';
import { readToken, refuseSharedInput, tokenHint, tokenOptions } from '../../input/tokens.ts';
import { record } from '../../render/result.ts';
import { userView } from '../../views/user.ts';

export const resetRedeem = defineCommand({
  name: 'reset redeem',
  description:
    'A token can be used once: if several try at the same time, one succeeds. A password that the policy refuses does\n' +
    'not use the token up. A token that is not valid exits 3, always with the same message. The new password ends all\n' +
    "sessions of the user and a lock by failed logins; an administrator's lock stays.",
  options: { ...tokenOptions, ...passwordOptions },
  examples: [
    'authctl reset redeem',
    'authctl reset redeem --token-file token.txt --password-stdin < password.txt',
  ],
  argumentHint: tokenHint,
  async run(context) {
    const { services, options, warn } = context;
    refuseSharedInput(options);
    const token = await readToken(context, options);
    const password = await readNewPassword(context, options);
    const resets = await services.resets();
    const user = await resets.redeem(token, password);
    const name = quote(user.username);
    if (user.status !== 'active') await warn(`user ${name} is still ${user.status}`);
    return record(userView, user, { message: `password of user ${name} set` });
  },
});
