import { expect, test } from 'vitest';
import { goodPassword, type Scene, scene } from '../../../scene.ts';
import { importDump, reportOf } from './importing.ts';

const newPassword = 'Another-horse-2';

/** A database with Anna and Bert, and a dump that has other values for them, and Carl. */
async function known(): Promise<{ cli: Scene; dump: string }> {
  const cli = await scene();
  cli.secret(newPassword);
  await cli.add('anna', 'bert');
  await cli.json('user set anna --email anna@old.example --first-name Anna --last-name Old');
  const dump = cli.file(
    'dump.csv',
    `username,email,password,first_name,last_name\nANNA,anna@new.example,${newPassword},,New\nbert,,${newPassword},,\ncarl,carl@new.example,${newPassword},Carl,\n`,
  );
  return { cli, dump };
}

test('users who are there already are rejected unless something else is said', async () => {
  const { cli, dump } = await known();
  const before = await cli.user('anna');
  const { report } = await importDump(cli, dump);
  expect(report).toEqual(
    reportOf({
      rows: 3,
      created: 1,
      rejected: 2,
      rejects: [{ code: 'user-exists', count: 2, firstLine: 2 }],
    }),
  );
  expect(await cli.user('anna')).toEqual(before);
});

test('--on-conflict skip leaves them as they are', async () => {
  const { cli, dump } = await known();
  const before = [await cli.user('anna'), await cli.user('bert')];
  expect((await importDump(cli, dump, '--on-conflict skip')).report).toEqual(
    reportOf({ rows: 3, created: 1, skipped: 2 }),
  );
  expect([await cli.user('anna'), await cli.user('bert')]).toEqual(before);
  expect((await cli.login('anna')).exitCode).toBe(0);
});

test('--on-conflict update replaces what the dump has a value for, and no password', async () => {
  const { cli, dump } = await known();
  const [anna, bert] = [await cli.user('anna'), await cli.user('bert')];
  expect((await importDump(cli, dump, '--on-conflict update --actor importer')).report).toEqual(
    reportOf({ rows: 3, created: 1, updated: 1, skipped: 1 }),
  );
  expect(await cli.user('anna')).toEqual({
    ...anna,
    email: 'anna@new.example',
    lastName: 'New',
    version: anna.version + 1,
    updatedAt: expect.any(String),
    updatedBy: 'importer',
  });
  expect(await cli.user('bert')).toEqual(bert);
  expect((await cli.login('anna')).exitCode).toBe(0);
  const [event] = await cli.events('--action user.set --limit 1');
  expect(event).toMatchObject({ targetName: 'anna', detail: { line: 2, fields: ['email', 'lastName'] } });
});

test('--update-passwords replaces passwords too', async () => {
  const { cli, dump } = await known();
  const { report } = await importDump(cli, dump, '--on-conflict update --update-passwords');
  expect(report).toEqual(reportOf({ rows: 3, created: 1, updated: 2 }));
  for (const name of ['anna', 'bert', 'carl']) {
    expect((await cli.login(name)).exitCode).toBe(3);
    expect((await cli.login(name, newPassword)).exitCode).toBe(0);
  }
  const [event] = await cli.events('--user bert --action user.set');
  expect(event?.detail.fields).toEqual(['password']);
});

test('a hash that the user has already is no change', async () => {
  const cli = await scene();
  const dump = cli.file(
    'dump.csv',
    `username,password_hash\nanna,$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy\n`,
  );
  await importDump(cli, dump);
  const [before, events] = [await cli.user('anna'), await cli.events('--user anna')];

  const { report } = await importDump(cli, dump, '--on-conflict update --update-passwords');

  expect(report).toEqual(reportOf({ rows: 1, skipped: 1 }));
  expect(await cli.user('anna')).toEqual(before);
  expect(await cli.events('--user anna')).toEqual(events);
});

test('a weak password that replaces another must be changed', async () => {
  const cli = await scene();
  await cli.add('anna', 'bert');
  const dump = cli.file(
    'dump.csv',
    `username,password\nanna,${cli.secret('weakling')}\nbert,${cli.secret('Strong-horse-5')}\n`,
  );
  const { report } = await importDump(cli, dump, '--on-conflict update --update-passwords');
  expect(report).toEqual(reportOf({ rows: 2, updated: 2, weakPasswords: 1 }));
  expect((await cli.user('anna')).mustChangePassword).toBe(true);
  expect((await cli.user('bert')).mustChangePassword).toBe(false);
});

test('an update never unlocks, enables or restores, and disables who is inactive', async () => {
  const cli = await scene();
  await cli.add('locked', 'disabled', 'expired', 'must', 'gone', 'active');
  await cli.json('user lock locked --reason why');
  await cli.json('user disable disabled');
  await cli.json('user set must --must-change');
  cli.sql((database) =>
    database.exec(`update users set deleted_at = '2026-01-01T00:00:00.000Z' where username = 'gone';
      update users set expires_at = '2026-01-01T00:00:00.000Z' where username = 'expired'`),
  );
  const rows = ['locked', 'disabled', 'expired', 'must', 'gone'].map(
    (name) => `${name},true,false,false,,New`,
  );
  const dump = cli.file(
    'dump.csv',
    `username,is_active,locked,must_change_password,expires_at,first_name\n${rows.join('\n')}\nactive,false,,,,\n`,
  );
  const { report } = await importDump(cli, dump, '--on-conflict update --allow-no-password');
  expect(report).toEqual(
    reportOf({
      rows: 6,
      updated: 5,
      rejected: 1,
      rejects: [{ code: 'user-deleted', count: 1, firstLine: 6 }],
    }),
  );
  expect(await cli.user('locked')).toMatchObject({ status: 'locked', lockReason: 'why', firstName: 'New' });
  expect(await cli.user('disabled')).toMatchObject({ status: 'disabled', firstName: 'New' });
  expect(await cli.user('expired')).toMatchObject({ status: 'expired', firstName: 'New' });
  expect(await cli.user('must')).toMatchObject({ mustChangePassword: true, firstName: 'New' });
  expect(await cli.user('gone')).toMatchObject({ status: 'deleted', firstName: null });
  expect(await cli.user('active')).toMatchObject({ status: 'disabled' });
});

test.each(['reject', 'skip', 'update'])(
  'with --on-conflict %s a deleted user keeps the name',
  async (rule) => {
    const cli = await scene();
    await cli.add('gone');
    cli.sql((database) => database.exec(`update users set deleted_at = '2026-01-01T00:00:00.000Z'`));
    const before = await cli.user('gone');
    const dump = cli.file('dump.csv', `username,password\nGone,${cli.secret(goodPassword)}\n`);
    const { report } = await importDump(cli, dump, `--on-conflict ${rule}`);
    expect(report.rejects).toEqual([{ code: 'user-deleted', count: 1, firstLine: 2 }]);
    expect(await cli.user('gone')).toEqual(before);
  },
);

test.each(['reject', 'skip', 'update'])(
  'with --on-conflict %s an address is nobody else’s name or address',
  async (rule) => {
    const cli = await scene();
    await cli.json('policy set usernameCharacters=_@.');
    await cli.json('user add anna --email anna@example.org --no-password');
    await cli.json('user add bert@example.org --no-password');
    await cli.json('user add gone --email gone@example.org --no-password');
    cli.sql((database) =>
      database.exec(`update users set deleted_at = '2026-01-01T00:00:00.000Z' where username = 'gone'`),
    );
    const before = await cli.json('user list');
    const rows = [
      { username: 'carl', email: 'ANNA@example.org' },
      { username: 'dora', email: 'bert@example.org' },
      { username: 'emil', email: 'gone@example.org' },
      { username: 'Anna@Example.org' },
    ];
    const dump = cli.file(
      'dump.ndjson',
      rows.map((row) => `${JSON.stringify({ ...row, password: cli.secret(goodPassword) })}\n`).join(''),
    );
    const { report } = await importDump(cli, dump, `--on-conflict ${rule}`);
    expect(report).toMatchObject({ rows: 4, rejected: 4, created: 0 });
    expect(report.rejects.find((one) => one.code === 'email-exists')).toMatchObject({ firstLine: 1 });
    expect(await cli.json('user list')).toEqual(before);
  },
);

test('importing a dump again changes nothing', async () => {
  const { cli, dump } = await known();
  await importDump(cli, dump, '--on-conflict update');
  const before = await cli.json('user list');
  expect((await importDump(cli, dump, '--on-conflict update')).report).toEqual(
    reportOf({ rows: 3, skipped: 3 }),
  );
  expect((await importDump(cli, dump, '--on-conflict skip')).report).toEqual(
    reportOf({ rows: 3, skipped: 3 }),
  );
  expect(await cli.json('user list')).toEqual(before);
});
