import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { goodPassword, scene } from './scene.ts';

test.each([
  ['', 'a command is missing'],
  ['user', 'a command is missing'],
  ['user --json', 'a command is missing'],
  ['--', 'a command is missing'],
  ['nonsense', 'unknown command'],
  ['usr list', 'unknown command'],
  ['user nonsense', 'unknown command'],
  ['constructor toString', 'unknown command'],
  ['user show', 'missing required argument'],
  ['user show alice bob', 'too many arguments'],
  ['user list extra', 'too many arguments'],
  ['user show alice --nonsense', 'unknown option'],
  ['user show alice -x', 'unknown option'],
  ['--nonsense user show alice', 'unknown option'],
  ['user add alice --password secret', 'unknown option'],
  ['user list --limit', 'argument missing'],
  ['user list --database', 'argument missing'],
  ['user list --limit 0', '--limit takes a whole number from 1'],
  ['user list --limit -1', '--limit takes a whole number from 1'],
  ['user list --limit 1.5', '--limit takes a whole number from 1'],
  ['user list --limit all', '--limit takes a whole number from 1'],
  ['user list --sort age', '--sort takes'],
  ['user list --status gone', '--status takes'],
  ['user list --status __proto__', '--status takes'],
  ['user list --count --limit 3', '--count goes with'],
  ['user lock alice --for soon', 'is not a duration'],
  ['user lock alice --for 5', 'is not a duration'],
  ['user list --timeout 5', 'is not a duration'],
  ['reset issue alice --for 5', 'is not a duration'],
  ['user lock alice --until 2027-02-31', 'is not a time'],
  ['user lock alice --for 2h --until 2099-01-01', 'not both'],
  ['audit show --since yesterday', 'is not a time'],
  ['user set alice', 'nothing to set'],
  ['policy set', 'missing required argument'],
  ['policy set scheme', 'is not KEY=VALUE'],
  ['user import x.csv --rows', '--rows goes with --dry-run'],
  ['user import x.csv --dry-run --resume', 'does not go with'],
  ['user import x.csv --update-passwords', 'goes with --on-conflict update'],
  ['user import x.csv --on-conflict merge', '--on-conflict takes'],
  ['user import x.csv --weak-passwords maybe', '--weak-passwords takes'],
  ['user import x.csv --format xml', '--format takes'],
  ['user import x.csv --map username', '--map takes'],
  ['user import x.csv --map nonsense=a', '--map takes'],
  ['user import x.csv --map username=', '--map takes'],
  ['user import x.csv --batch 0', '--batch takes'],
  ['migrate up --to x', '--to takes'],
  ['user list -o xml', 'there is no output'],
  ['user list --json -o csv', 'contradict'],
  ['user list --actor ""', 'is not an actor'],
  ['user list --actor "a\u001bb"', 'is not an actor'],
  ['user add alice', 'no password was given'],
  ['user passwd alice', 'there is no user', 5],
  ['user login alice', 'no password was given'],
])('%j is refused with exit code 2: %s', async (line, message, exitCode = 2) => {
  const { run } = await scene();
  const seen = await run(line);
  expect(seen).toMatchObject({ exitCode, stdout: '' });
  expect(seen.stderr).toMatch(/^(error: .*\n(hint: .*\n)?|\{"error":\{.*\}\}\n)$/);
  expect(seen.stderr).toContain(message);
});

test.each(['--json', '-o json', '-o ndjson', '--output=ndjson', '-ojson'])(
  'with %s an error of usage is JSON, before and after the command',
  async (flag) => {
    const { run } = await scene({ migrated: false });
    for (const line of [`${flag} user show`, `user show ${flag}`]) {
      const seen = await run(line);
      expect(seen).toMatchObject({ exitCode: 2, stdout: '' });
      expect(JSON.parse(seen.stderr)).toEqual({
        error: {
          code: 'usage',
          message: expect.stringContaining('missing required argument'),
          hint: expect.any(String),
        },
      });
    }
  },
);

test('a misspelling is answered with a suggestion', async () => {
  const { run } = await scene({ migrated: false });
  expect((await run('user lst')).stderr).toContain('Did you mean list?');
  expect((await run('user list --limt 3')).stderr).toContain('Did you mean --limit?');
});

// Whatever the option is called and wherever it stands: the arguments of a program are no place for a secret, and the
// error must not repeat it.
test.each(commands.map(({ name }) => name))(
  '%s never repeats a secret that is given as an option',
  async (name) => {
    const { run, secret } = await scene({ migrated: false });
    const [noun = '', verb = ''] = name.split(' ');
    const hidden = secret('Secret-123');
    const forms = ['--password', '--passwd', '--token', '--new-password', '--api-key']
      .flatMap((option) => [[`${option}=${hidden}`], [option, hidden], [`${option}='\n${hidden}`]])
      .concat([
        [`-p${hidden}`],
        ['-p', hidden],
        [`--${hidden}`],
        [`--no-password=${hidden}`],
        [`--debug=${hidden}`],
      ]);
    for (const form of forms) {
      for (const line of [
        [...form, noun, verb],
        [noun, ...form, verb],
        [noun, verb, ...form],
      ]) {
        const seen = await run(line);
        expect(seen).toMatchObject({ exitCode: 2, stdout: '' });
        expect(seen.stderr).not.toContain(hidden);
      }
    }
  },
);

test.each([
  [
    'user add alice --password=Secret-123',
    "unknown option '--password'",
    '--password-stdin or --password-file',
  ],
  [
    'user add alice --password Secret-123',
    "unknown option '--password'",
    '--password-stdin or --password-file',
  ],
  ['user add alice -pSecret-123', "unknown option '-p'", '--password-stdin or --password-file'],
  ['session verify --token=abc', "unknown option '--token'", '--token-stdin or --token-file'],
  ['user list --token abc', "unknown option '--token'", '--…-stdin or --…-file'],
])('%s: the hint says how the secret is given', async (line, message, ways) => {
  const { run } = await scene({ migrated: false });
  expect(await run(line)).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `error: ${message}\nhint: others can read arguments: a secret is given by ${ways}\n`,
  });
});

test('errors of usage come before the database is looked at', async () => {
  const { fails } = await scene({ migrated: false });
  expect(await fails('user list --limit none')).toMatchObject({ exitCode: 2 });
  expect(await fails('user list')).toMatchObject({ exitCode: 8, code: 'database-missing' });
});

test('a name after -- is a name, and a command after it is refused loudly', async () => {
  const { add, run } = await scene();
  await add('alice');
  expect(await run('user show -- alice')).toMatchObject({ exitCode: 0 });
  expect(await run('user add --no-password -- -bob')).toMatchObject({ exitCode: 4 });
  for (const line of ['-- user show alice', 'user -- show alice']) {
    const seen = await run(line);
    expect(seen.exitCode === 2 || seen.stdout.includes('alice')).toBe(true);
  }
});

// `-o ids` for a result without ids must be refused before the command has changed anything.
test.each(commands.map(({ name }) => name))(
  '%s -o ids prints ids, or refuses before it does anything',
  async (name) => {
    const { run, contents, file, add, events, json } = await scene();
    await add('alice', 'bob', 'gone');
    await json('user delete gone');
    await json('user set alice --email alice@example.org');
    const login = await json<{ session: { token: string } }>('user login alice --session --password-stdin', {
      stdin: goodPassword,
    });
    const tokens: Record<string, string> = {
      'session verify': login.session.token,
      'reset redeem': (await json<{ token: string }>('reset issue alice')).token,
      'email verify': (await json<{ token: string }>('email issue alice')).token,
    };
    const known = (await events()).length;
    const dump = file('dump.json', JSON.stringify({ carol: 'Correct-horse-1' }));
    const rest: Record<string, string> = {
      'user add': 'dora --no-password',
      'user passwd': 'alice --generate',
      'user login': 'alice --password-stdin',
      'user set': 'alice --email a@example.org',
      'user explain': 'alice',
      'user expire': 'alice --never',
      'user restore': 'gone',
      'user purge': 'gone --yes',
      'user import': dump,
      'session verify': '--token-stdin',
      'session revoke': '--user alice',
      'reset issue': 'bob',
      'reset redeem': `--token-stdin --password-file ${file('password', 'Another-horse-2')}`,
      'reset revoke': 'alice',
      'email issue': 'alice',
      'email verify': '--token-stdin',
      'db copy': 'memory: --yes',
      'policy set': 'lockoutThreshold=7',
      'migrate down': '--yes',
      'db backup': 'backup.db',
      'db restore': 'backup.db --yes',
    };
    const needsUser = /^user (show|lock|unlock|disable|enable|delete)$/.test(name) ? 'alice' : '';
    const before = contents();

    const seen = await run(`${name} ${rest[name] ?? needsUser} -o ids`, {
      stdin: tokens[name] ?? goodPassword,
    });

    if (seen.exitCode === 0) {
      expect(seen.stdout).toMatch(/^(\S+\n)+$/);
    } else {
      expect(seen).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no ids') });
      expect(contents()).toBe(before);
      expect(await events()).toHaveLength(known);
    }
  },
);
