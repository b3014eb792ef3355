import { defineCommand } from '../../command.ts';
import { count } from '../../options.ts';
import { record } from '../../render/result.ts';
import { migratedView } from '../../views/migration.ts';

export const migrateUp = defineCommand({
  name: 'migrate up',
  description: 'Makes the database where there is none, readable by its owner alone.',
  options: { to: count('--to <n>', 'how many migrations to have applied; all if not given', 0) },
  examples: ['authctl migrate up', 'authctl migrate up --to 2'],
  withoutIds: true,
  async run({ services, options }) {
    const migrations = await services.migrations({ create: true });
    const moved = await migrations.up(options.to);
    const message = moved.changed.length === 0 ? 'nothing to apply' : `applied ${moved.changed.join(', ')}`;
    return record(migratedView, moved, { message });
  },
});
