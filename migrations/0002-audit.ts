import type { Migration } from './migration.ts';

// The triggers prevent mistakes. They are no proof, since whoever owns the database can drop them: for that there is
// the chain of hashes.
const sqliteGuards = ['update', 'delete'].map(
  (change) => `create trigger audit_events_no_${change} before ${change} on audit_events
    begin select raise(abort, 'audit events are append-only'); end`,
);
const postgresGuards = [
  `create function audit_events_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'audit events are append-only'; end $$`,
  `create trigger audit_events_no_change before update or delete or truncate on audit_events
    for each statement execute function audit_events_append_only()`,
];
const mysqlGuards = ['update', 'delete'].map(
  (change) => `create trigger audit_events_no_${change} before ${change} on audit_events for each row
    signal sqlstate '45000' set message_text = 'audit events are append-only'`,
);
const guards = { sqlite: sqliteGuards, postgres: postgresGuards, mysql: mysqlGuards };

export const audit: Migration = {
  name: '0002-audit',
  up: ({ database, table, longText, bigInteger }) => [
    `create table audit_events (
      seq ${bigInteger} not null primary key,
      request_id varchar(36) not null,
      part integer not null,
      at varchar(24) not null,
      actor varchar(255) not null,
      os_user varchar(255) not null,
      host varchar(255) not null,
      action varchar(50) not null,
      outcome varchar(10) not null,
      target varchar(36),
      payload ${longText} not null,
      hash varchar(64) not null
    )${table}`,
    'create index audit_events_target on audit_events (target, seq)',
    'create index audit_events_actor on audit_events (actor, seq)',
    'create index audit_events_action on audit_events (action, seq)',
    'create index audit_events_at on audit_events (at, seq)',
    ...guards[database],
    `create table audit_head (
      id integer not null primary key,
      seq ${bigInteger} not null,
      hash varchar(64) not null
    )${table}`,
    `insert into audit_head (id, seq, hash) values (1, 0, '${'0'.repeat(64)}')`,
  ],
  down: ({ database }) => [
    'drop table audit_head',
    'drop table audit_events',
    ...(database === 'postgres' ? ['drop function audit_events_append_only()'] : []),
  ],
};
