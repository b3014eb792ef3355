import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { migrationView } from '../../views/migration.ts';

export const migrateStatus = defineCommand({
  name: 'migrate status',
  options: {},
  examples: ['authctl migrate status'],
  async run({ services }) {
    const migrations = await services.migrations({ create: false });
    return list(migrationView, onePage(await migrations.status()));
  },
});
