import { formatDuration } from '../../../domain/duration.ts';
import { withoutPassword } from '../../../settings/settings.ts';
import { defineCommand } from '../../command.ts';
import { list, onePage } from '../../render/result.ts';
import { settingView } from '../../views/setting.ts';

export const configShow = defineCommand({
  name: 'config show',
  description: 'Each setting with where it came from: flag, environment, configuration file or default.',
  options: {},
  examples: ['authctl config show', 'AUTHCTL_DATABASE=/srv/app.db authctl config show --json'],
  async run({ settings }) {
    const { database, databasePasswordFile, timeoutMs, actor, output, color, configFile } = settings;
    return list(
      settingView,
      onePage([
        { name: 'database', value: withoutPassword(database.value), source: database.source },
        { name: 'databasePasswordFile', ...databasePasswordFile, value: databasePasswordFile.value ?? null },
        {
          name: 'timeout',
          value: timeoutMs.value === undefined ? null : formatDuration(timeoutMs.value),
          source: timeoutMs.source,
        },
        { name: 'actor', value: actor.value, source: actor.source },
        { name: 'output', value: output.value, source: output.source },
        { name: 'color', value: color.value, source: color.source },
        { name: 'configFile', value: configFile ?? null, source: 'default' },
      ]),
    );
  },
});
