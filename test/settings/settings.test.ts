import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings, withoutPassword } from '../../src/settings/settings.ts';
import { scene } from '../cli/scene.ts';
import { testCli, testFolder } from '../cli.ts';

type Shown = { name: string; value: unknown; source: string }[];

function writeConfig(folder: string, text: string): string {
  mkdirSync(join(folder, '.config', 'authctl'), { recursive: true });
  const path = join(folder, '.config', 'authctl', 'config.json');
  writeFileSync(path, text);
  return path;
}

const shown = (settings: Shown) =>
  Object.fromEntries(settings.map(({ name, value, source }) => [name, [value, source]]));

test('flag, then environment, then file, then default', async () => {
  const cli = await testCli({ migrated: false });
  const show = async (line: string, env: Record<string, string>) =>
    shown(await cli.json<Shown>(`config show ${line}`, { env: { AUTHCTL_DATABASE: '', ...env } }));
  const defaults = await show('', {});
  expect(defaults).toEqual({
    database: [join(cli.folder, '.local/share/authctl/authctl.db'), 'default'],
    databasePasswordFile: [null, 'default'],
    timeout: [null, 'default'],
    actor: ['tester', 'default'],
    output: ['json', 'flag'],
    color: [true, 'default'],
    configFile: [join(cli.folder, '.config/authctl/config.json'), 'default'],
  });

  writeConfig(
    cli.folder,
    JSON.stringify({ database: '/file.db', actor: 'filer', output: 'csv', color: false }),
  );
  expect(await show('', {})).toMatchObject({
    database: ['/file.db', 'file'],
    actor: ['filer', 'file'],
    color: [false, 'file'],
  });
  const env = { AUTHCTL_DATABASE: '/env.db', AUTHCTL_ACTOR: 'envoy', NO_COLOR: '1' };
  expect(await show('', env)).toMatchObject({
    database: ['/env.db', 'environment'],
    actor: ['envoy', 'environment'],
    color: [false, 'environment'],
  });
  expect(await show('--database /flag.db --actor flagger --no-color', env)).toMatchObject({
    database: ['/flag.db', 'flag'],
    actor: ['flagger', 'flag'],
    color: [false, 'flag'],
  });
  expect((await cli.run('config show', { env })).stdout).toMatch(
    /^name,value,source\ndatabase,\/env\.db,environment\n/,
  );
});

test('the XDG folders are honoured where they are absolute', async () => {
  const cli = await testCli({ migrated: false });
  const env = { AUTHCTL_DATABASE: '', XDG_CONFIG_HOME: '/xc', XDG_DATA_HOME: '/xd' };
  expect(shown(await cli.json<Shown>('config show', { env }))).toMatchObject({
    database: ['/xd/authctl/authctl.db', 'default'],
    configFile: ['/xc/authctl/config.json', 'default'],
  });
  const relative = { AUTHCTL_DATABASE: '', XDG_CONFIG_HOME: 'xc', XDG_DATA_HOME: './xd' };
  expect(shown(await cli.json<Shown>('config show', { env: relative }))).toMatchObject({
    database: [join(cli.folder, '.local/share/authctl/authctl.db'), 'default'],
    configFile: [join(cli.folder, '.config/authctl/config.json'), 'default'],
  });
});

test('the default folder is made, for its owner alone', async () => {
  const cli = await testCli({ migrated: false });
  const env = { AUTHCTL_DATABASE: '', XDG_DATA_HOME: join(cli.folder, 'deep', 'data') };
  expect((await cli.run('user list', { env })).exitCode).toBe(8);
  expect((await cli.run('migrate up', { env })).exitCode).toBe(0);
  expect(statSync(join(cli.folder, 'deep/data/authctl')).mode & 0o777).toBe(0o700);
  expect(statSync(join(cli.folder, 'deep/data/authctl/authctl.db')).mode & 0o777).toBe(0o600);
});

test.each([
  ['{"database": ', 'is not JSON'],
  ['', 'is not JSON'],
  ['[]', 'is wrong'],
  ['null', 'is wrong'],
  ['{"databse": "/x.db"}', 'databse'],
  ['{"output": "xml"}', 'at output'],
  ['{"actor": 7}', 'at actor'],
  ['{"actor": ""}', 'at actor'],
  ['{"color": "no"}', 'at color'],
  ['{"__proto__": {"color": false}}', 'is wrong'],
])('the configuration %j is refused: %s', async (text, message) => {
  const cli = await testCli({ migrated: false });
  const path = writeConfig(cli.folder, text);
  const seen = await cli.run('config show --json');
  expect(seen).toMatchObject({ exitCode: 8, stdout: '' });
  const { error } = JSON.parse(seen.stderr);
  expect(error.code).toBe('settings-invalid');
  expect(error.message).toContain(path);
  expect(error.message).toContain(message);
});

test('an empty name of a database is refused, wherever it comes from', async () => {
  const cli = await testCli({ migrated: false });
  expect(await cli.run(['user', 'list', '--database', ''])).toMatchObject({
    exitCode: 8,
    stderr: expect.stringContaining('the name of the database is empty'),
  });
  writeConfig(cli.folder, JSON.stringify({ database: '' }));
  expect((await cli.run('user list', { env: { AUTHCTL_DATABASE: '' } })).exitCode).toBe(8);
});

test('a configuration that is no file is refused', async () => {
  const cli = await testCli({ migrated: false });
  mkdirSync(join(cli.folder, '.config', 'authctl', 'config.json'), { recursive: true });
  expect(await cli.run('config show')).toMatchObject({
    exitCode: 8,
    stderr: expect.stringContaining('cannot be read'),
  });
});

test('output and errors follow the configuration', async () => {
  const cli = await scene();
  writeConfig(cli.folder, '{"output": "json"}');
  expect(JSON.parse((await cli.run('user list')).stdout)).toEqual([]);
  const seen = await cli.run('user show nobody');
  expect(seen.exitCode).toBe(5);
  expect(JSON.parse(seen.stderr).error.code).toBe('user-not-found');
  expect((await cli.run('user show nobody -o table')).stderr).toMatch(/^error: there is no user "nobody"\n/);
});

const withPassword: [string, string][] = [
  ['postgres://app:s3cret-pw@db/users', 'postgres://app:***@db/users'],
  [
    'postgres://app:s3cret-pw@db:5432/users?sslmode=require',
    'postgres://app:***@db:5432/users?sslmode=require',
  ],
  ['mysql://app:s3cret-pw/with-slash@db/users', 'mysql://app:***@db/users'],
  ['mysql://app:s3cret-pw@with-at@db/users', 'mysql://app:***@db/users'],
  ['POSTGRES://app:s3cret-pw?#@db/users', 'POSTGRES://app:***@db/users'],
  ['postgres://:s3cret-pw@db/users', 'postgres://:***@db/users'],
  ['postgres://db/users?user=app&password=s3cret-pw', 'postgres://db/users?user=app&password=***'],
  [
    'postgres://db/users?password=s3cret-pw&sslmode=require',
    'postgres://db/users?password=***&sslmode=require',
  ],
];

test.each(withPassword)(
  'the password in %s is refused as an argument and masked when shown',
  async (url, masked) => {
    expect(withoutPassword(url)).toBe(masked);
    const { run, json, secret } = await scene({ migrated: false });
    secret('s3cret-pw');
    for (const argv of [
      ['--database', url, 'user', 'list'],
      ['user', 'list', `--database=${url}`, '--json'],
    ]) {
      const seen = await run(argv);
      expect(seen).toMatchObject({ exitCode: 2, stdout: '' });
      expect(seen.stderr).toContain('the database URL holds a password');
    }
    expect(shown(await json<Shown>('config show', { env: { AUTHCTL_DATABASE: url } })).database).toEqual([
      masked,
      'environment',
    ]);
    // Some of these hosts cannot be reached, the others no URL can name.
    const seen = await run('user list', { env: { AUTHCTL_DATABASE: url, AUTHCTL_TIMEOUT: '1s' } });
    expect([7, 8]).toContain(seen.exitCode);
  },
);

test.each([
  '/srv/app.db',
  'relative:a@b.db',
  'sqlite:/srv/a:b@c.db',
  'sqlite:///srv/a:b@c.db',
  'memory:',
  'postgres://app@db:5432/users',
  'mysql://db/users',
])('%s holds no password', async (location) => {
  expect(withoutPassword(location)).toBe(location);
  const settings = await readSettings({ database: location }, { HOME: testFolder() }, 'tester');
  expect(settings.database).toEqual({ value: location, source: 'flag' });
});

test('the declared actor is recorded beside the user of the system', async () => {
  const { run, events } = await scene();
  await run('user add alice --no-password --actor "deploy bot"');
  await run('--actor=ci user add bob --no-password', { env: { AUTHCTL_ACTOR: 'other' } });
  await run('user add carol --no-password', { env: { AUTHCTL_ACTOR: 'envoy' } });
  await run('user add dora --no-password', { env: { AUTHCTL_ACTOR: '' } });
  const added = await events('--action user.add');
  expect(added.map((event) => event.actor)).toEqual(['deploy bot', 'ci', 'envoy', 'tester']);
  expect(added).toMatchObject(added.map(() => ({ osUser: 'tester' })));
});

test.each(['', 'x'.repeat(201), 'a\nb', 'a\u001b[31m'])('%j is no actor', async (actor) => {
  await expect(readSettings({ actor }, { HOME: testFolder() }, 'tester')).rejects.toMatchObject({
    code: 'usage',
  });
});
