import type { Migration } from './migration.ts';

export const imports: Migration = {
  name: '0005-imports',
  up: ({ table, longText, bigInteger }) => [
    `create table imports (
      id varchar(36) not null primary key,
      source varchar(1024) not null,
      options ${longText} not null,
      started_at varchar(24) not null,
      updated_at varchar(24) not null,
      finished_at varchar(24),
      row_count ${bigInteger} not null,
      byte_offset ${bigInteger} not null,
      sha256 varchar(64) not null,
      rejects_length ${bigInteger} not null,
      report ${longText} not null
    )${table}`,
    'create index imports_started_at on imports (started_at)',
  ],
  down: () => ['drop table imports'],
};
