import { defineCommand } from '../../command.ts';
import { confirmationOption, requireConfirmation } from '../../input/confirmation.ts';
import { count } from '../../options.ts';
import { record } from '../../render/result.ts';
import { migratedView } from '../../views/migration.ts';

export const migrateDown = defineCommand({
  name: 'migrate down',
  description: 'Takes back the newest migration, or all above --to. The contents of its tables are lost.',
  options: {
    to: count('--to <n>', 'how many migrations stay applied', 0),
    ...confirmationOption,
  },
  examples: ['authctl migrate down', 'authctl migrate down --to 0 --yes'],
  withoutIds: true,
  async run(context) {
    const { services, options } = context;
    const migrations = await services.migrations({ create: false });
    const applied = (await migrations.status()).filter((state) => state.appliedAt !== null).length;
    const target = Math.min(options.to ?? Math.max(applied - 1, 0), applied);
    const { rows, headHash } = await migrations.lost(target);
    const losses = rows.map(({ what, count }) => `${count} ${what}`).join(', ') || 'nothing';
    const witness = headHash === null ? '' : ` (head of the log ${headHash})`;
    const what = `takes back ${applied - target} of ${applied} migrations; lost for ever: ${losses}${witness}`;
    if (!options.yes && applied > target) await requireConfirmation(context, what);
    const moved = await migrations.down(target);
    const message =
      moved.changed.length === 0 ? 'nothing to take back' : `took back ${moved.changed.join(', ')}`;
    return record(migratedView, moved, { message });
  },
});
