import { quote } from '../../../domain/text.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { revokedTokenView } from '../../views/token.ts';

export const resetRevoke = defineCommand({
  name: 'reset revoke <user>',
  options: {},
  examples: ['authctl reset revoke alice'],
  async run({ services, args }) {
    const resets = await services.resets();
    const revoked = await resets.revoke(args.user);
    return record(revokedTokenView, revoked, {
      message: `token of user ${quote(revoked.username)} taken back`,
    });
  },
});
