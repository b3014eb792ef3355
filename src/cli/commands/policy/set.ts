import { presetNames } from '../../../domain/policy-presets.ts';
import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { policyView } from '../../views/policy.ts';

export const policySet = defineCommand({
  name: 'policy set <pairs...>',
  description:
    'Rules are stored in the database and apply to all who use it. Either all changes are made, or none.\n\n' +
    `preset=NAME sets the rules of one of ${presetNames.join(', ')}: authctl's defaults, NIST\n` +
    "SP 800-63B-4, OWASP's cheat sheets (with Argon2id), PCI DSS 4.0. Rules that a preset does not name\n" +
    'stay as they are; a rule that is given beside a preset wins over it.',
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
