import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { explanationView } from '../../views/explanation.ts';

export const userExplain = defineCommand({
  name: 'user explain <user>',
  description:
    'Looks at everything that decides over a login, and tells with each problem the command that mends it. The newest\n' +
    'refused attempts are those of the audit log.',
  options: {},
  examples: ['authctl user explain alice', 'authctl user explain alice --json | jq .findings'],
  async run({ services, args }) {
    const explanations = await services.userExplanations();
    return record(explanationView, await explanations.explain(args.user));
  },
});
