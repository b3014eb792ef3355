import type { Migration } from './migration.ts';

export const emailVerified: Migration = {
  name: '0009-email-verified',
  up: () => ['alter table users add column email_verified_at varchar(24)'],
  down: () => ['alter table users drop column email_verified_at'],
};
