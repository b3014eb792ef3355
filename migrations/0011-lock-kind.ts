import type { Migration } from './migration.ts';

// Until now the reason told which locks failed logins had set, though an administrator could give the same one.
export const lockKind: Migration = {
  name: '0011-lock-kind',
  up: () => [
    'alter table users add column lock_kind varchar(16)',
    `update users set lock_kind = case
      when lock_reason in ('too many failed logins', 'too many consecutive failed logins') then 'automatic'
      else 'administrator' end
      where locked_at is not null and lock_kind is null`,
  ],
  down: () => ['alter table users drop column lock_kind'],
};
