import type { Migration } from './migration.ts';

export const settings: Migration = {
  name: '0003-settings',
  up: ({ table, longText }) => [
    `create table settings (
      name varchar(100) not null primary key,
      value ${longText} not null
    )${table}`,
  ],
  down: () => ['drop table settings'],
};
