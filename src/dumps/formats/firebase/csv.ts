import type { CsvHeader } from '../../engine/csv/header.ts';
import type { Fields, Mapped } from '../../engine/fields.ts';
import { firstLines } from '../../engine/lines/head-lines.ts';
import type { DumpFormat } from '../../format.ts';
import { readCsv } from '../csv/csv.ts';
import { firebaseUser } from './user.ts';

const providers = ['google', 'facebook', 'twitter', 'github'].flatMap((provider) =>
  ['Id', 'Email', 'DisplayName', 'PhotoUrl'].map((field) => provider + field),
);

/**
 * The columns of a file that has no header (https://firebase.google.com/docs/cli/auth#CSV). Those from `disabled` on
 * are newer; `end` is the empty cell behind the comma that ends each line.
 */
const header: CsvHeader = {
  names: [
    ...['localId', 'email', 'emailVerified', 'passwordHash', 'salt', 'displayName', 'photoUrl', ...providers],
    ...['createdAt', 'lastSignedInAt', 'phoneNumber', 'disabled', 'customAttributes', 'end'],
  ],
  least: 26,
  delimiter: ',',
  guarded: false,
};

function csvUser(cells: Fields): Mapped {
  const user: Fields = Object.create(null);
  for (const name of Object.keys(cells)) {
    if (cells[name] !== '') user[name] = cells[name];
  }
  for (const name of ['emailVerified', 'disabled']) {
    if (user[name] === 'true' || user[name] === 'false') user[name] = user[name] === 'true';
  }
  return firebaseUser(user);
}

/** What `firebase auth:export users.csv` writes. */
export const firebaseCsv: DumpFormat = {
  id: 'firebase-csv',
  title: 'CSV of firebase auth:export',

  detect(head, whole) {
    const [line = ''] = firstLines(head, whole, 1);
    const cells = line.split(',');
    return (
      cells.length >= 26 &&
      /^[A-Za-z0-9_-]{1,128}$/.test(cells[0] ?? '') &&
      /^(?:true|false)$/.test(cells[2] ?? '')
    );
  },

  read: (source) => readCsv(source, { header, map: csvUser }),
};
