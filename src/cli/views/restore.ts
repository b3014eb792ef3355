import type { RestorePlan, RestoreReport } from '../../services/database/database.ts';
import type { View } from '../render/view.ts';
import { sessionsText } from './session.ts';

/** A backup that was restored. */
export const restoreView: View<RestoreReport> = {
  columns: [
    { header: 'Database', value: ({ database }) => database },
    { header: 'Users', value: ({ contents }) => String(contents.users) },
    {
      header: 'Audit log',
      value: ({ contents }) => `${contents.events} events; head ${contents.headHash}`,
    },
    { header: 'Schema', value: ({ contents }) => contents.schema },
    {
      header: 'Replaced',
      value: ({ previous }) => (previous === null ? 'nothing' : `kept as ${previous}`),
    },
    {
      header: 'Ended',
      value: ({ ended: { sessions, tokens } }) =>
        `${sessionsText(sessions)}, ${tokens === 1 ? '1 token' : `${tokens} tokens`} of the backup`,
    },
  ],
  json: ({ database, contents: { users, events, headHash, schema }, previous, ended }) => ({
    database,
    users,
    events,
    headHash,
    schema,
    previous,
    endedSessions: ended.sessions,
    endedTokens: ended.tokens,
  }),
};

/** How many digits of the backup's head are shown; the head that is replaced is shown in full, to be kept. */
const shownDigits = 12;

/** What a restore is about to do; the sentence begins with "This". */
export function planText({ database, backup, target }: RestorePlan): string {
  const restored = `${backup.users} users, ${backup.events} audit events (head ${backup.headHash.slice(0, shownDigits)}…)`;
  return `replaces the database ${database}, with ${targetText(target)}, by a backup with ${restored}; passwords, locks and everything else go back to what they were then, and all sessions and tokens end`;
}

function targetText(target: RestorePlan['target']): string {
  if (target.state === 'unreadable') return `contents that cannot be read (${target.why})`;
  if (target.state !== 'holds') return 'nothing in it';
  const { users, events, headHash } = target;
  const head = headHash === null ? '' : ` (head ${headHash})`;
  return `${users ?? 'unknown'} users, ${events ?? 'unknown'} audit events${head}`;
}
