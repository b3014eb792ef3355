import type { Migration } from './migration.ts';

// In a cluster of several writing nodes a row lock is the node's own: only a changed row is a conflict everywhere.
export const auditHeadTurn: Migration = {
  name: '0010-audit-head-turn',
  up: ({ bigInteger }) => [`alter table audit_head add column turn ${bigInteger} not null default 0`],
  down: () => ['alter table audit_head drop column turn'],
};
