import type { Migration } from './migration.ts';

export const oneTimeTokens: Migration = {
  name: '0008-one-time-tokens',
  up: ({ table }) => [
    `create table one_time_tokens (
      id varchar(36) not null primary key,
      kind varchar(20) not null,
      user_id varchar(36) not null,
      token_hash varchar(64) not null,
      email varchar(255),
      created_at varchar(24) not null,
      created_by varchar(255) not null,
      expires_at varchar(24) not null
    )${table}`,
    'create unique index one_time_tokens_token_hash on one_time_tokens (token_hash)',
    // A user has at most one token of each kind: a new one replaces it.
    'create unique index one_time_tokens_user on one_time_tokens (user_id, kind)',
  ],
  down: () => ['drop table one_time_tokens'],
};
