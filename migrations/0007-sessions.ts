import type { Migration } from './migration.ts';

export const sessions: Migration = {
  name: '0007-sessions',
  up: ({ table }) => [
    `create table sessions (
      id varchar(36) not null primary key,
      user_id varchar(36) not null,
      token_hash varchar(64) not null,
      created_at varchar(24) not null,
      last_used_at varchar(24) not null,
      idle_expires_at varchar(24) not null,
      expires_at varchar(24) not null
    )${table}`,
    'create unique index sessions_token_hash on sessions (token_hash)',
    'create index sessions_user on sessions (user_id)',
    // A session never ends later than its idle limit, so this index finds all that have expired.
    'create index sessions_idle_expires_at on sessions (idle_expires_at)',
  ],
  down: () => ['drop table sessions'],
};
