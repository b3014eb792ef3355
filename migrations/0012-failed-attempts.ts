import type { Migration } from './migration.ts';

// Failed attempts at names that open no account are kept for a while, so that such names answer as those of users do.
export const failedAttempts: Migration = {
  name: '0012-failed-attempts',
  up: () => [
    'alter table login_attempts add column failed_at varchar(24)',
    // Until now, attempts at all such names were reserved under no id.
    "delete from login_attempts where user_id = ''",
  ],
  down: () => [
    'delete from login_attempts where failed_at is not null',
    'alter table login_attempts drop column failed_at',
  ],
};
