import { parseTime } from '../../../domain/duration.ts';
import { defineCommand } from '../../command.ts';
import { count, parsed, text } from '../../options.ts';
import { list } from '../../render/result.ts';
import { eventView } from '../../views/audit.ts';

export const auditShow = defineCommand({
  name: 'audit show',
  description: 'Shows events in the order in which they happened; with --limit, the newest so many of them.',
  options: {
    user: text('--user <user>', 'only events about this user'),
    actor: text('--actor <actor>', 'only what this actor did'),
    action: text('--action <action>', 'only this action, such as user.login'),
    since: parsed('--since <time>', 'only from this time on', parseTime),
    until: parsed('--until <time>', 'only before this time', parseTime),
    limit: count('--limit <n>', 'only the newest so many', 1),
  },
  examples: [
    'authctl audit show --user alice --limit 20',
    'authctl audit show --action user.login --since 2027-01-31 --output ndjson',
  ],
  async run({ services, options, note }) {
    const { user, actor, action, since, until, limit } = options;
    for (const [name, time] of Object.entries({ since, until })) {
      if (time) await note(`${name} ${time.toISOString()}`);
    }
    const audit = await services.audit();
    const pages = audit.show({
      ...(user !== undefined && { user }),
      ...(actor !== undefined && { actor }),
      ...(action !== undefined && { action }),
      ...(since && { since }),
      ...(until && { until }),
      ...(limit !== undefined && { limit }),
    });
    return list(eventView, pages, { empty: 'no events found' });
  },
});
