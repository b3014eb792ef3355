import type { Migration } from './migration.ts';

// In a cluster where every node writes, a row lock holds on its own node only; changing a row conflicts on all of them.
// So every transaction that writes changes this column first.
export const auditHeadTurn: Migration = {
  name: '0010-audit-head-turn',
  up: ({ bigInteger }) => [`alter table audit_head add column turn ${bigInteger} not null default 0`],
  down: () => ['alter table audit_head drop column turn'],
};
