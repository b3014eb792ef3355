import type { Migration } from './migration.ts';

export const loginAttempts: Migration = {
  name: '0004-login-attempts',
  up: ({ table }) => [
    `create table login_attempts (
      id varchar(36) not null primary key,
      user_id varchar(36) not null,
      started_at varchar(24) not null
    )${table}`,
    'create index login_attempts_user on login_attempts (user_id, started_at)',
  ],
  down: () => ['drop table login_attempts'],
};
