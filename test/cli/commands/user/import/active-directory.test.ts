import { expect, test } from 'vitest';
import { goodPassword, scene } from '../../../scene.ts';
import { importDump } from './importing.ts';

const never = '9223372036854775807';
/** 2020-01-01 and 2999-01-01 in intervals of 100 nanoseconds since 1601, as Active Directory counts. */
const [past, future] = ['132223104000000000', '441166176000000000'];

/** An entry as ldifde writes it. */
const entry = (name: string, attributes: string, classes = ['user']) =>
  [
    `dn: CN=${name},OU=People,DC=corp,DC=example`,
    ...['top', 'person', 'organizationalPerson', ...classes].map((one) => `objectClass: ${one}`),
    `sAMAccountName: ${name}`,
    ...attributes.split(' ').map((attribute) => attribute.replace('=', ': ')),
  ].join('\n');

const entries = [
  entry('alice', `userAccountControl=512 accountExpires=${never}`),
  entry('bob', 'userAccountControl=66048 accountExpires=0'),
  entry('carol', `userAccountControl=514 accountExpires=${never}`),
  entry('dave', `userAccountControl=512 accountExpires=${past}`),
  entry('erin', `userAccountControl=512 accountExpires=${future}`),
  entry('PC1$', `userAccountControl=4096 accountExpires=${never}`, ['user', 'computer']),
  entry('gmsa$', 'userAccountControl=4096', ['user', 'computer', 'msDS-GroupManagedServiceAccount']),
  entry('OTHERDOM$', 'userAccountControl=2080'),
  entry('partner', 'mail=partner@example.org', ['contact']),
];

const users = {
  alice: { status: 'active', expiresAt: null },
  bob: { status: 'active', expiresAt: null },
  carol: { status: 'disabled', expiresAt: null },
  dave: { status: 'expired', expiresAt: '2020-01-01T00:00:00.000Z' },
  erin: { status: 'active', expiresAt: '2999-01-01T00:00:00.000Z' },
};

test('LDIF of Active Directory: who never expires, who is disabled, and what is no user', async () => {
  const cli = await scene();
  const dump = cli.file('ad.ldif', `${entries.join('\n\n')}\n`);

  const { report } = await importDump(cli, dump, '--allow-no-password');

  expect(report).toMatchObject({ rows: 9, created: 5 });
  expect(report.rejects).toEqual([{ code: 'not-a-user', count: 4, firstLine: expect.any(Number) }]);
  for (const [name, expected] of Object.entries(users)) expect(await cli.user(name)).toMatchObject(expected);
});

test('CSV of Active Directory means the same', async () => {
  const cli = await scene();
  const lines = [
    'DN,objectClass,sAMAccountName,userAccountControl,accountExpires,unicodePwd',
    `"CN=alice,DC=corp",user,alice,512,${never},${cli.secret(goodPassword)}`,
    `"CN=bob,DC=corp",user,bob,66048,0,${goodPassword}`,
    `"CN=carol,DC=corp",user,carol,514,${never},${goodPassword}`,
    `"CN=dave,DC=corp",user,dave,512,${past},${goodPassword}`,
    `"CN=erin,DC=corp",user,erin,512,${future},${goodPassword}`,
    `"CN=PC1,DC=corp",computer,PC1$,4096,${never},`,
    `"CN=DC1,DC=corp",computer,DC1$,532480,${never},`,
    `"CN=OTHER,DC=corp",user,OTHER$,2080,${never},`,
    `"CN=odd,DC=corp",user,odd,normal,${never},${goodPassword}`,
  ];

  const { report } = await importDump(
    cli,
    cli.file('ad.csv', `${lines.join('\n')}\n`),
    '--map password=unicodePwd',
  );

  expect(report).toMatchObject({ rows: 9, created: 5 });
  expect(report.rejects).toEqual([
    { code: 'not-a-user', count: 3, firstLine: 7 },
    { code: 'invalid-value', count: 1, firstLine: 10 },
  ]);
  for (const [name, expected] of Object.entries(users)) expect(await cli.user(name)).toMatchObject(expected);
});
