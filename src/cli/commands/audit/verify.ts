import { defineCommand } from '../../command.ts';
import { checkpointOption, readCheckpoint } from '../../input/checkpoint.ts';
import { record } from '../../render/result.ts';
import { verdictView } from '../../views/audit.ts';

export const auditVerify = defineCommand({
  name: 'audit verify',
  description:
    'Recomputes the hash of every event. A chain alone cannot prove that its newest events were not cut off: keep\n' +
    'the JSON that this command prints somewhere else, and give it back with --checkpoint.',
  options: { checkpoint: checkpointOption },
  examples: [
    'authctl audit verify',
    'authctl audit verify --json > checkpoint.json',
    'authctl audit verify --checkpoint checkpoint.json',
  ],
  withoutIds: true,
  async run({ services, terminal, options, signal, note }) {
    const checkpoint = await readCheckpoint({ options, terminal, signal, note });
    const audit = await services.audit();
    const verdict = await audit.verify(checkpoint);
    if (!verdict.checkpointed) {
      await note('the end of the log is not proven: no --checkpoint was given to compare it with');
    }
    const { events, head } = verdict;
    return record(verdictView, verdict, {
      message: `${events} events, each as it was written; head ${head.hash}`,
    });
  },
});
