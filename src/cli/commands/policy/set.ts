import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { policyView } from '../../views/policy.ts';

export const policySet = defineCommand({
  name: 'policy set <pairs...>',
  description:
    'Rules are kept in the database and hold for all who use it. Either all changes are made, or none.',
  options: {},
  examples: [
    'authctl policy set lockoutThreshold=10 lockoutDuration=1h',
    'authctl policy set passwordMinLength=15 passwordRequireUpper=false passwordRequireLower=false passwordRequireDigit=false',
  ],
  async run({ services, args }) {
    const policies = await services.policies();
    return list(policyView, onePage(await policies.set(args.pairs)));
  },
});
