import { expect, test } from 'vitest';
import { importFormats } from '../../../../../src/services/imports/imports.ts';
import { scene } from '../../../scene.ts';

// `scene` looks for the secret in every output and every file that the program has written, the database included.
const canary = 'CanaryBird9';

/** Dumps that hold a password where another record has a name, a key or a line of its own. */
const dumps: Record<string, string> = {
  'without a header': `alice,${canary}\nbob,Correct-horse-2\n`,
  'of one line without a header': `alice,${canary}\n`,
  'of semicolons without a header': `alice;alice@example.org;${canary}\nbob;bob@example.org;Correct-horse-2\n`,
  'of tabs without a header': `alice\t${canary}\nbob\tCorrect-horse-2\n`,
  'whose first user is called as a column': `user,${canary}\nbob,Correct-horse-2\n`,
  'whose first record is quoted': `"alice","${canary}"\n"bob","Correct-horse-2"\n`,
  'of a known and an unknown name': `username,${canary}\nalice,Correct-horse-2\n`,
  'of lines': `alice:${canary}\nbob:Correct-horse-2\n`,
  'of lines with a comma': `alice:${canary},\nbob:Correct-horse-2\n`,
  'of shadow': `alice:${canary}:19000:0:99999:7:::\nbob:${canary}:19000:0:99999:7:::\n`,
  'of LDIF': `dn: uid=alice,dc=example\nuid: alice\nuserPassword: ${canary}\n\n`,
  'of LDIF with a broken line': `dn: uid=alice,dc=example\nuid: alice\n${canary}\n\n`,
  'of a name that is a password': `username,password\n"alice:${canary}",Correct-horse-2\n`,
  'of an address that is a password': `username,email,password\nalice,${canary},Correct-horse-2\n`,
  'of a time and a number that are passwords': `username,password,created_at,is_active,failed_attempts\nalice,Correct-horse-2,${canary},${canary},${canary}\n`,
  'of a hash and a format that are passwords': `username,password_hash,hash_format\nalice,${canary},${canary}\n`,
  'of a name with control characters': `username,first_name,password\nalice,"${canary}\u0001",Correct-horse-2\n`,
  'of a record with too many fields': `username,password\nalice,Correct-horse-2,${canary},${canary}\n`,
  'that ends in a quote': `username,password\nalice,"${canary}`,
  'with misplaced quotes': `username,password\nalice,x"${canary}"\n`,
  'of a JSON key': JSON.stringify([{ alice: canary, [canary]: 'bob' }]),
  'of a JSON object': JSON.stringify({ alice: canary, bob: [canary] }),
  'of nested JSON': JSON.stringify([{ user: { name: 'alice', password: canary } }]),
  'of broken JSON': `[{"username": "alice", "password": "${canary}", }]`,
  'of JSON without quotes': `[{"username": "alice", "password": ${canary}}]`,
  'of broken NDJSON': `{"username":"alice","password":"${canary}"\n{"username":"bob","password":"${canary}"\n`,
  'of JSON strings': JSON.stringify([canary, canary]),
  'of JSON that is one text': JSON.stringify(canary),
  'of a user who is a password': JSON.stringify([
    { username: `alice ${canary}`, password: 'Correct-horse-2' },
  ]),
};

const variants = [
  '',
  '--dry-run',
  '--dry-run --rows',
  '--rejects rejects.csv',
  '--map username=login',
  '--map passwordHash=password',
  '--hash-format sha256:password+salt',
];

const formats = ['', ...importFormats.filter((format) => format !== 'sqlite').map((id) => `--format ${id}`)];

test.each(Object.entries(dumps))(
  'a dump %s never shows its password, whatever it is read as',
  async (_what, content) => {
    const { run, secret, file, path } = await scene();
    secret(canary);
    const dump = file('dump', content);
    for (const [index, format] of formats.entries()) {
      for (const variant of variants) {
        const options = variant.replace('rejects.csv', path(`rejects${index}`));
        // One of them is enough: the text and the JSON of a result say the same.
        const output = index % 2 === 0 ? '' : '--json';
        const { exitCode } = await run(`user import ${dump} ${format} ${options} ${output}`);
        expect([0, 2, 4, 6, 10]).toContain(exitCode);
      }
      await run(`user import ${dump} ${format} --probe nobody --password-stdin`, { stdin: 'guess' });
    }
  },
);

test('a dump that seems to have no header says so, and how to name its columns', async () => {
  const { fails, file } = await scene();
  expect(
    await fails(`user import ${file('dump.csv', 'alice,Secret-one-1\nbob,Secret-two-2\n')}`),
  ).toMatchObject({
    exitCode: 4,
    code: 'invalid-dump',
    message: 'no column of the dump (line 2) is known as the username',
    hint: expect.stringContaining('no column has a name that is known'),
  });
});

test('a first line with two known column names is a header', async () => {
  const { json, file } = await scene();
  const imported = async (content: string) => json(`user import ${file('dump.csv', content)} --dry-run`);
  expect(await imported('username,password,shoe size\nalice,Correct-horse-1,42\n')).toMatchObject({
    ignoredColumns: ['shoe size'],
  });
  expect(await imported('username,password,$2y$10$abcdefg\nalice,Correct-horse-1,42\n')).toMatchObject({
    ignoredColumns: ['column 3'],
  });
});

test.each([
  ['a line', 'alice,Secret-one-1\n'],
  ['a line without an end', 'alice;Secret-one-1'],
  ['a quoted line', '"alice","Secret-one-1"\n'],
])('a CSV of %s is no import of nothing', async (_what, content) => {
  const { fails, file } = await scene();
  expect(await fails(`user import ${file('dump.csv', content)}`)).toMatchObject({
    exitCode: 4,
    code: 'invalid-dump',
    hint: expect.stringContaining('--no-header --columns'),
  });
});

test('a header alone is an import of nothing', async () => {
  const { json, file } = await scene();
  expect(await json(`user import ${file('dump.csv', 'username,password\n')}`)).toMatchObject({ rows: 0 });
});

test.each([
  ['commas', 'alice,x,Correct-horse-1\nbob,y,Correct-horse-2\n', 'username,,password'],
  ['semicolons', 'alice;x;Correct-horse-1\nbob;y;Correct-horse-2\n', 'username,,password'],
  ['quotes', '"alice","x","Correct-horse-1"\nbob,y,Correct-horse-2\n', 'username,,password'],
  [
    'quotes and semicolons',
    '"alice";"x, y";"Correct-horse-1"\nbob;y;Correct-horse-2\n',
    'username,,password',
  ],
  ['one line', 'alice,x,Correct-horse-1\n', 'username,nick,password'],
])(
  'a dump of %s without a header comes in with the names that are given',
  async (_what, content, columns) => {
    const { run, json, login, file } = await scene();
    const dump = file('dump.csv', content);
    expect((await run(`user import ${dump} --columns ${columns}`)).exitCode).toBe(2);
    expect((await run(`user import ${dump} --no-header`)).exitCode).toBe(2);
    expect((await run(`user import ${dump} --format json --no-header --columns ${columns}`)).exitCode).toBe(
      2,
    );

    const lines = content.trim().split('\n').length;
    expect(await json(`user import ${dump} --no-header --columns ${columns}`)).toMatchObject({
      rows: lines,
      created: lines,
      format: 'csv',
      ignoredColumns: [columns.includes('nick') ? 'nick' : 'column 2'],
    });
    expect((await login('alice', 'Correct-horse-1')).exitCode).toBe(0);
    const probe = await run(
      `user import ${dump} --no-header --columns ${columns} --probe alice --password-stdin`,
      {
        stdin: 'Correct-horse-1',
      },
    );
    expect(probe.exitCode).toBe(0);
  },
);
