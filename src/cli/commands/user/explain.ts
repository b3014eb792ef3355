import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { explanationView } from '../../views/explanation.ts';

export const userExplain = defineCommand({
  name: 'user explain <user>',
  description:
    'Checks everything that decides whether the user can log in, and names for each problem the command that repairs\n' +
    'it. Then it lists the newest refused attempts in the audit log.',
  options: {},
  examples: ['authctl user explain alice', 'authctl user explain alice --json | jq .findings'],
  async run({ services, args }) {
    const explanations = await services.userExplanations();
    return record(explanationView, await explanations.explain(args.user));
  },
});
