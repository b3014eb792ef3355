import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { policyView } from '../../views/policy.ts';

export const policyShow = defineCommand({
  name: 'policy show',
  options: {},
  examples: ['authctl policy show', 'authctl policy show --json'],
  async run({ services }) {
    const policies = await services.policies();
    return list(policyView, onePage(await policies.show()));
  },
});
