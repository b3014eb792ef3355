import { type Finding, passed, warning } from '../../domain/finding.ts';
import { mostUnaccounted, type Store } from '../../store/index.ts';

/** How many users are named; the others are counted. */
const named = 3;

/**
 * Compares the rows of users with the log as far as it can tell: each user has an event that added it, and each user
 * that was added is there or has an event that purged it. What another program has changed in a row is not seen.
 */
export async function unaccountedUserFindings({ users }: Store): Promise<Finding[]> {
  const { added, gone } = await users.unaccounted();
  if (added.length === 0 && gone.length === 0)
    return [passed('users', 'every user was added, and every missing one purged, by an event')];
  const told = (what: string, ids: readonly string[]) =>
    ids.length === 0
      ? []
      : [`${what}: ${ids.length === mostUnaccounted ? 'at least ' : ''}${ids.length} (${list(ids)})`];
  return [
    warning(
      'users',
      [
        ...told('users whom no event has added', added),
        ...told('users who are gone although no event has purged them', gone),
      ].join('; '),
      'find out who has changed the database beside authctl; compare it with a backup',
    ),
  ];
}

const list = (ids: readonly string[]): string =>
  ids.length > named ? `${ids.slice(0, named).join(', ')}, …` : ids.join(', ');
