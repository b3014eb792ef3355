import { presetNames } from '../../../domain/policy-presets.ts';
import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { policyView } from '../../views/policy.ts';

export const policySet = defineCommand({
  name: 'policy set <pairs...>',
  description:
    'Rules are kept in the database and hold for all who use it. Either all changes are made, or none.\n\n' +
    `preset=NAME sets the rules of one of ${presetNames.join(', ')}: what authctl begins with, NIST\n` +
    "SP 800-63B-4, OWASP's cheat sheets (with Argon2id), PCI DSS 4.0. Rules that a preset does not name\n" +
    'stay as they are, and those given beside it go before its own.',
  options: {},
  examples: [
    'authctl policy set lockoutThreshold=10 lockoutDuration=1h',
    'authctl policy set preset=nist',
    'authctl policy set preset=pci passwordHistory=8',
  ],
  async run({ services, args }) {
    const policies = await services.policies();
    return list(policyView, onePage(await policies.set(args.pairs)));
  },
});
