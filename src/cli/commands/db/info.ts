import { withoutPassword } from '../../../settings/settings.ts';
import { defineCommand } from '../../command.ts';
import { record } from '../../render/result.ts';
import { databaseView } from '../../views/database.ts';

export const dbInfo = defineCommand({
  name: 'db info',
  description:
    'Counts every row, which takes its time where there are millions. Sizes of tables include their indexes.',
  options: {},
  examples: ['authctl db info', 'authctl db info --json'],
  withoutIds: true,
  async run({ services, settings }) {
    const databaseInfo = await services.databaseInfo();
    const info = await databaseInfo.show();
    return record(databaseView(info), { ...info, location: withoutPassword(settings.database.value) });
  },
});
