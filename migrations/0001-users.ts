import type { Migration } from './migration.ts';

export const users: Migration = {
  name: '0001-users',
  up: ({ table, database }) => [
    `create table users (
      id varchar(36) not null primary key,
      username varchar(255) not null,
      username_key varchar(255) not null,
      email varchar(255),
      email_key varchar(255),
      first_name varchar(255),
      last_name varchar(255),
      password_hash varchar(2048),
      password_changed_at varchar(24),
      must_change_password integer not null default 0,
      disabled_at varchar(24),
      locked_at varchar(24),
      locked_until varchar(24),
      lock_reason varchar(255),
      failed_attempts integer not null default 0,
      consecutive_failures integer not null default 0,
      expires_at varchar(24),
      last_login_at varchar(24),
      created_at varchar(24) not null,
      created_by varchar(255) not null,
      updated_at varchar(24) not null,
      updated_by varchar(255) not null,
      deleted_at varchar(24),
      deleted_by varchar(255),
      version integer not null default 1
    )${table}`,
    'create unique index users_username_key on users (username_key)',
    'create unique index users_email_key on users (email_key)',
    // Lists by e-mail begin with those who have none, by id; MySQL keeps the id in every index anyway.
    ...(database === 'mysql'
      ? []
      : ['create index users_without_email on users (id) where email_key is null']),
    'create index users_created_at on users (created_at, id)',
    'create index users_last_login_at on users (last_login_at, id)',
  ],
  down: () => ['drop table users'],
};
