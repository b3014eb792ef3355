import type { Migration } from './migration.ts';

export const passwordHistory: Migration = {
  name: '0006-password-history',
  up: ({ table }) => [
    `create table password_history (
      id varchar(36) not null primary key,
      user_id varchar(36) not null,
      password_hash varchar(2048) not null,
      replaced_at varchar(24) not null
    )${table}`,
    'create index password_history_user on password_history (user_id, replaced_at)',
  ],
  down: () => ['drop table password_history'],
};
