import type { Fields, Mapped } from '../../engine/fields.ts';
import { ForeignRecord } from '../../engine/foreign-record.ts';
import { firstLines } from '../../engine/lines/head-lines.ts';
import { setFullName } from '../../engine/person-name.ts';
import { isoOfSqlTime } from '../../engine/times.ts';
import type { DumpFormat } from '../../format.ts';
import { readCsv } from '../csv/csv.ts';

/** A row of the table `wp_users` (https://codex.wordpress.org/Database_Description#Table:_wp_users). */
export function wordpressUser(row: Fields): Mapped {
  const record = new ForeignRecord(row);
  const { fields } = record;
  record.move('user_login', 'username');
  record.move('user_pass', 'passwordHash');
  record.move('user_email', 'email');
  record.move('first_name', 'firstName');
  record.move('last_name', 'lastName');
  const registered = isoOfSqlTime(record.takeText('user_registered') ?? '');
  if (registered !== undefined) fields.createdAt = registered;
  setFullName(fields, record.takeText('display_name') ?? '');
  return { fields };
}

/** The table `wp_users` as CSV with its column names, as phpMyAdmin or `wp user list --format=csv` write it. */
export const wordpress: DumpFormat = {
  id: 'wordpress',
  title: 'wp_users of WordPress as CSV',

  detect(head, whole) {
    const [line = ''] = firstLines(head, whole, 1);
    const names = line.split(/[,;\t]/).map((name) => name.trim().replaceAll('"', ''));
    return names.includes('user_login') && (names.includes('user_pass') || names.includes('user_email'));
  },

  read: (source) => readCsv(source, { map: wordpressUser }),
};
