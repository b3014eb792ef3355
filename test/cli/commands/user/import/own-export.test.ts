import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addCrowd, crowd, storedUsers } from '../../../crowd.ts';
import { goodPassword, type Scene, scene } from '../../../scene.ts';
import { importDump } from './importing.ts';

const past = '2026-01-31T08:15:30.123Z';

/** A user of another system, whose columns have names of ours. */
const foreign = {
  id: '01900000-0000-7000-8000-000000000001',
  username: 'anna',
  password: goodPassword,
  email: 'anna@example.org',
  emailVerifiedAt: past,
  status: 'whatever',
  version: 7,
  createdBy: 'mallory',
  updatedBy: 'mallory',
  failedAttempts: 'many',
};

const csvOf = (record: Record<string, unknown>) =>
  `${Object.keys(record).join(',')}\n${Object.values(record).join(',')}\n`;

const stored = (cli: Scene) => storedUsers(cli)[0];

test.each([
  ['dump.csv', csvOf(foreign)],
  ['dump.json', JSON.stringify([foreign])],
  ['dump.ndjson', `${JSON.stringify(foreign)}\n`],
])('columns with names of ours do not make %s an export of ours', async (name, text) => {
  const cli = await scene();
  cli.secret(goodPassword);

  const { report } = await importDump(cli, cli.file(name, text));

  expect(report).toMatchObject({ created: 1, rejected: 0 });
  expect(report.ignoredColumns).toEqual(
    expect.arrayContaining(['id', 'emailVerifiedAt', 'version', 'createdBy']),
  );
  const user = stored(cli);
  expect(user).toMatchObject({
    email_verified_at: null,
    created_by: 'tester',
    updated_by: 'tester',
    version: 1,
  });
  expect(user?.id).not.toBe(foreign.id);
});

test.each(['disabledAt', 'locked_at', 'suspended_at', 'bannedAt'])(
  'in a dump of another system, a time in %s keeps the user out',
  async (column) => {
    const cli = await scene();
    const lines = [
      `username,password,${column}`,
      `anna,${cli.secret(goodPassword)},${past}`,
      `bert,${goodPassword},`,
    ];
    await importDump(cli, cli.file('dump.csv', `${lines.join('\n')}\n`));
    expect((await cli.user('anna')).status).toBe('disabled');
    expect((await cli.user('bert')).status).toBe('active');
  },
);

async function exported(format: string): Promise<string> {
  const cli = await scene();
  addCrowd(cli);
  const dump = cli.path('users');
  await cli.json(`user export --format ${format} --with-hashes --out ${dump}`);
  return readFileSync(dump, 'utf8');
}

test.each(['csv', 'json', 'ndjson'])(
  '--format authctl takes an export in %s for one of ours',
  async (format) => {
    const cli = await scene();
    // Without the mark of its header, a CSV file with fewer columns is an export of ours only if somebody says so.
    const text = (await exported(format))
      .replace('authctl_id', 'id')
      .replaceAll('"lockReason"', '"formerReason"');
    const dump = cli.file('dump', format === 'csv' ? text.replace(',lockReason,', ',formerReason,') : text);

    const { report } = await importDump(cli, dump, '--format authctl');

    expect(report).toMatchObject({ created: crowd.length, rejected: 0 });
    expect(storedUsers(cli).map((user) => user.updated_by)).toContain('ops');
    expect(storedUsers(cli).map((user) => user.version)).toContain(12);
  },
);

test('the mark in the header makes a CSV file an export of ours, whatever columns it has left', async () => {
  const cli = await scene();
  const dump = cli.file(
    'dump.csv',
    `authctl_id,username,email,emailVerifiedAt,version\n${foreign.id},anna,${foreign.email},${past},7\n`,
  );
  await importDump(cli, dump);
  // Who created the user is not in it: then it is whoever imports.
  expect(stored(cli)).toMatchObject({
    ...{ id: foreign.id, email_verified_at: past, version: 7, created_by: 'tester', updated_by: 'tester' },
  });
});

test('the event of a re-imported user names every field that was taken unchanged', async () => {
  const cli = await scene();
  const record = {
    ...{ authctl_id: foreign.id, username: 'anna', email: foreign.email, emailVerifiedAt: past, version: 7 },
    ...{ createdBy: 'root', createdAt: past, deletedAt: past, deletedBy: 'root', lockedAt: past },
    ...{ lastLoginAt: past, updatedAt: past, disabledAt: past, failedAttempts: 3 },
  };
  await importDump(cli, cli.file('dump.csv', csvOf(record)));
  const [event] = await cli.events('--action user.add');
  expect(new Set(event?.detail.fields as string[])).toEqual(
    new Set([
      ...[
        'username',
        'email',
        'id',
        'emailVerifiedAt',
        'version',
        'createdBy',
        'createdAt',
        'deleted',
        'lock',
      ],
      ...['lastLoginAt', 'updatedAt', 'disabled'],
    ]),
  );
});

test.each([
  ['id', 'x', 'invalid-id'],
  ['username', '<b>', 'invalid-username'],
  ['email', 'nowhere', 'invalid-email'],
  ['emailVerifiedAt', 'soon', 'invalid-time'],
  ['email', '', 'invalid-value'],
  ['createdBy', '\u001b[31m', 'invalid-value'],
  ['updatedBy', 'x'.repeat(201), 'invalid-value'],
  ['deletedBy', '\u0007', 'invalid-value'],
  ['updatedAt', 'soon', 'invalid-time'],
  ['version', '1.5', 'invalid-value'],
  ['failedAttempts', '-1', 'invalid-value'],
  ['lockReason', '\u0007', 'invalid-name'],
  ['lockKind', 'other', 'invalid-value'],
])('of an export of ours the %s %j is refused', async (field, value, code) => {
  const cli = await scene();
  const record = {
    ...{ id: foreign.id, username: 'anna', email: foreign.email, emailVerifiedAt: past, version: 1 },
    ...{ lockedAt: past, lockReason: 'why', lockKind: 'administrator', failedAttempts: 0, createdBy: 'root' },
    ...{ updatedAt: past, updatedBy: 'root', deletedAt: past, deletedBy: 'root', [field]: value },
  };
  const dump = cli.file('dump.json', JSON.stringify([record]));
  const { report } = await importDump(cli, dump, '--format authctl');
  expect(report.rejects).toEqual([{ code, count: 1, firstLine: 1 }]);
});
