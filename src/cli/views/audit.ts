import type { AuditVerdict, ShownEvent } from '../../services/audit/audit.ts';
import { toJson } from '../render/json.ts';
import type { View } from '../render/view.ts';

/** An event of the audit log, with the current name of the user it is about. */
export const eventView: View<ShownEvent> = {
  columns: [
    { header: 'SEQ', value: (event) => String(event.seq) },
    { header: 'AT', value: (event) => event.at.replace('T', ' ') },
    { header: 'ACTOR', value: (event) => event.actor },
    { header: 'ACTION', value: (event) => event.action },
    {
      header: 'OUTCOME',
      value: (event) => event.outcome,
      tone: (event) => (event.outcome === 'ok' ? 'good' : 'bad'),
    },
    { header: 'USER', value: (event) => event.targetName ?? event.target ?? '' },
    { header: 'DETAIL', value: (event) => detailText(event.detail), tone: () => 'dim' },
  ],
  id: (event) => String(event.seq),
  json: (event) => ({
    seq: event.seq,
    at: event.at,
    requestId: event.requestId,
    part: event.part,
    actor: event.actor,
    osUser: event.osUser,
    host: event.host,
    ...(event.via !== undefined && { via: event.via }),
    action: event.action,
    outcome: event.outcome,
    target: event.target,
    targetName: event.targetName,
    detail: event.detail,
  }),
};

function detailText(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .map(
      ([key, value]) =>
        `${key}=${Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : toJson(value)}`,
    )
    .join(' ');
}

/** The result of verifying the audit log. */
export const verdictView: View<AuditVerdict> = {
  columns: [
    { header: 'Events', value: (verdict) => String(verdict.events) },
    { header: 'Head', value: (verdict) => verdict.head.hash },
  ],
  json: ({ events, head, checkpointed }) => ({ ok: true, events, head, checkpointed }),
};
