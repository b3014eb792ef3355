import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { newId } from '../../../src/domain/id.ts';
import { openLockout } from '../../../src/domain/lockout.ts';
import type { User } from '../../../src/domain/user.ts';
import { openStore } from '../../../src/store/index.ts';
import { openMigrated } from '../../databases/template.ts';

const at = new Date('2027-03-01T12:00:00.000Z');

// What ends a field, a row, a text or a statement in one database or another, or stands for nothing.
const texts = [
  ...[
    '\\',
    '\\N',
    '\\.',
    '\\\\.',
    '\t',
    '\n',
    '\r\n',
    'a\tb\nc\\d',
    '"',
    "'",
    "''; drop table users; --",
    '{}',
  ],
  ...['{NULL}', 'NULL', '', ' ', '?', '$1', ':name', '%s', 'ünï', '😀', '\u2028', '日本', 'x'.repeat(200)],
];

const user = (firstName: string | null, lastName: string | null, index: number): User => ({
  id: newId(),
  username: `user${index}`,
  email: index % 2 ? `user${index}@example.com` : null,
  emailVerifiedAt: null,
  firstName,
  lastName,
  passwordHash: null,
  passwordChangedAt: index % 3 ? at : null,
  mustChangePassword: index % 2 === 0,
  disabledAt: null,
  lockedAt: null,
  lockout: openLockout,
  expiresAt: null,
  lastLoginAt: null,
  createdAt: at,
  createdBy: "o'neil\\",
  updatedAt: at,
  updatedBy: "o'neil\\",
  deletedAt: null,
  deletedBy: null,
  version: 1,
});

const sameOf = (text: string) => Array.from({ length: 40 }, (_, index) => user(text, null, index));

const cases: [string, User[]][] = [
  ['one user', [user('\\N', null, 1)]],
  ['each text', texts.map((text, index) => user(text, texts[index + 1] ?? null, index))],
  ['each text, many times', [...texts, ...texts].map((text, index) => user(text, null, index))],
  ['the same in all rows, which ends a statement', sameOf("''; drop table users; --'")],
  ['the same in all rows, which ends a field', sameOf('a\tb\nc\\d')],
];

test.each(cases)('what is inserted in bulk comes back as it was: %s', async (_name, users) => {
  const connection = await openMigrated(() => at, 10_000);
  try {
    const store = await openStore(connection, () => at);
    const caller = new Call({ actor: "o'neil\\", osUser: '\\N', host: 'h\t1' });

    await store.transaction(caller, async (tx) => {
      await tx.users.insertMany(users);
      for (const { id } of users) tx.audit({ action: 'user.add', target: id });
    });

    const found = await store.users.byIds(users.map(({ id }) => id));
    const sorted = (some: readonly User[]) => [...some].sort((one, other) => (one.id < other.id ? -1 : 1));
    expect(sorted(found)).toEqual(sorted(users));
    const events = await store.events.page({}, { limit: 100 });
    expect(events.map(({ actor, os_user, host }) => [actor, os_user, host])).toEqual(
      users.map(() => ["o'neil\\", '\\N', 'h\t1']),
    );
  } finally {
    await connection.close();
  }
});
