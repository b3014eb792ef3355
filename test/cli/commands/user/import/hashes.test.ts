import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type TestCli, testCli } from '../../../../cli.ts';
import { openSql } from '../../../../databases/database.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

// The first store we replace: hex SHA-256 of password followed by salt, each in a column of its own.
function store(cli: TestCli, users: Record<string, string>): string {
  const file = join(cli.folder, 'store.csv');
  const rows = Object.entries(users).map(([name, password], index) => {
    const salt = `salt${index}`;
    return `${name},${sha256(password + salt)},${salt}`;
  });
  writeFileSync(file, `username,password_hash,salt\n${rows.join('\n')}\n`, { mode: 0o600 });
  return file;
}

const login = (cli: TestCli, name: string, password: string) =>
  cli.run(`user login ${name} --password-stdin`, { stdin: password });

test('a store with salts of their own comes in wrapped, logs in, and ends with a plain current hash', async () => {
  const cli = await testCli();
  const file = store(cli, { alice: 'secret one', bob: 'secret two' });
  const format = ['--hash-format', 'sha256:password+salt'];

  const unexplained = await cli.run(['user', 'import', file, '--json', '--dry-run']);
  expect(JSON.parse(unexplained.stdout).rejects).toEqual([
    { code: 'ambiguous-hash', count: 2, firstLine: 2 },
  ]);

  const imported = await cli.run(['user', 'import', file, '--json', '--wrap-weak', ...format]);
  expect(JSON.parse(imported.stdout)).toMatchObject({ created: 2, rejected: 0 });
  expect(await cli.json('user show alice')).toMatchObject({ passwordScheme: 'wrapped' });
  expect((await login(cli, 'alice', 'secret two')).exitCode).toBe(3);
  expect((await login(cli, 'alice', 'secret one')).exitCode).toBe(0);
  expect(await cli.json('user show alice')).toMatchObject({ passwordScheme: 'bcrypt', version: 1 });
  const events = await cli.json<{ action: string }[]>('audit show --user alice');
  expect(events.map(({ action }) => action)).toEqual(['user.add', 'user.login', 'user.login', 'user.rehash']);
});

test('no digest of a wrapped hash is anywhere in the database', async () => {
  const cli = await testCli();
  const file = store(cli, { alice: 'secret one' });
  await cli.run(['user', 'import', file, '--wrap-weak', '--hash-format', 'sha256:password+salt']);
  const digest = createHash('sha256').update('secret onesalt0').digest();
  const database = openSql(cli.database);
  const texts = database.prepare('select password_hash from users').pluck().all().join();
  database.close();
  for (const spelling of ['hex', 'base64', 'base64url'] as const)
    expect(texts).not.toContain(digest.toString(spelling));
});

test('a rehearsal is a plan: schemes with their strength, columns, and the time that hashing takes', async () => {
  const cli = await testCli();
  const file = store(cli, { alice: 'secret one', bob: 'secret two' });
  const plan = await cli.json(`user import ${file} --dry-run --wrap-weak --hash-format sha256:password+salt`);
  expect(plan).toMatchObject({
    created: 2,
    format: 'csv',
    credentials: [{ strength: 'fast', count: 2 }],
    columns: [
      { column: 'username', field: 'username' },
      { column: 'password_hash', field: 'passwordHash' },
      { column: 'salt', field: 'salt' },
    ],
    dryRun: true,
  });
  expect(plan.hashingSeconds).toBeGreaterThan(0);
  expect(await cli.json('user list')).toEqual([]);
});

test('a probe tells whether the dump takes a password, and under which format, and writes nothing', async () => {
  const cli = await testCli();
  const file = store(cli, { alice: 'secret one' });
  const before = await cli.json('audit show');
  const probe = async (password: string, ...rest: string[]) => {
    const words = ['user', 'import', file, '--probe', 'ALICE', '--password-stdin', '--json', ...rest];
    const seen = await cli.run(words, { stdin: password });
    return { exitCode: seen.exitCode, ...JSON.parse(seen.stdout) };
  };
  expect(await probe('secret one', '--hash-format', 'sha256:password+salt')).toMatchObject({
    exitCode: 0,
    accepted: true,
  });
  expect(await probe('secret one', '--hash-format', 'sha256:salt+password')).toMatchObject({
    exitCode: 3,
    accepted: false,
  });
  expect(await probe('secret one')).toMatchObject({ exitCode: 0, hashFormats: ['sha256:password+salt'] });
  expect(await probe('another')).toMatchObject({ exitCode: 3, hashFormats: [] });
  const nobody = await cli.run(['user', 'import', file, '--probe', 'nobody', '--password-stdin'], {
    stdin: 'x',
  });
  expect(nobody.exitCode).toBe(5);
  expect(await cli.json('audit show')).toEqual(before);
  expect(await cli.json('user list')).toEqual([]);
});

test('a table of a legacy SQLite file comes in, and an interrupted import of it can be resumed', async () => {
  const cli = await testCli();
  const legacy = join(cli.folder, 'legacy.db');
  const database = new Database(legacy);
  database.exec('create table accounts (login text, mail text, pw text, enabled integer)');
  const insert = database.prepare('insert into accounts values (?, ?, ?, ?)');
  for (let index = 0; index < 30; index += 1)
    insert.run(`user${index}`, `u${index}@example.org`, `Secret-${index}-x`, index % 2);
  database.close();
  const words = ['user', 'import', `sqlite:${legacy}#accounts`, '--map', 'password=pw', '--json'];
  const report = JSON.parse((await cli.run(words)).stdout);
  expect(report).toMatchObject({ rows: 30, created: 30, format: 'sqlite', rejected: 0 });
  expect((await login(cli, 'user1', 'Secret-1-x')).exitCode).toBe(0);
  expect(await cli.json('user show user2')).toMatchObject({ status: 'disabled', email: 'u2@example.org' });
  // The resumed import finds that everything is done, and gives the same report.
  expect(JSON.parse((await cli.run([...words, '--resume'])).stdout)).toMatchObject({ rows: 30, created: 30 });

  const changed = new Database(legacy);
  changed.exec("update accounts set mail = 'other@example.org' where login = 'user3'");
  changed.close();
  const seen = await cli.run([...words, '--resume']);
  expect(seen.exitCode).toBe(6);
  expect(seen.stderr).toContain('"code":"input-changed"');
});

test('a hash over its cost is left behind by name, quickly, and plain text in the hash column is hashed', async () => {
  const cli = await testCli();
  const file = join(cli.folder, 'dump.json');
  const rows = [
    { username: 'costly', hash: 'pbkdf2_sha256$99999999$salt$Rlfjlb0WfUxV4eU8U0uhG2ODDxHGhp7X8JMQssUFw48=' },
    { username: 'signed', hash: '$2x$10$UTEqfMONq1X/pVgV9Dvrp.W1rxBCBcwWgFWWGNgKv8ywFpi/p1vXm' },
    { username: 'nonsense', hash: 'no hash at all' },
    { username: 'openly', hash: '{plaintext}Kept-in-the-0pen' },
    { username: 'unusable', hash: '!nobody' },
    {
      username: 'hollow',
      hash: `$wrapped$v=1,scheme=nothing$${Buffer.from('x').toString('base64')}$2b$04$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK`,
    },
  ];
  writeFileSync(file, JSON.stringify(rows), { mode: 0o600 });
  const seen = await cli.run(['user', 'import', file, '--json']);
  expect(seen.exitCode).toBe(10);
  const report = JSON.parse(seen.stdout);
  const codes = report.rejects.map(({ code, count }: { code: string; count: number }) => `${code} ${count}`);
  expect(codes).toEqual(['over-cost 1', 'unsupported-hash 2', 'unknown-hash 1']);
  expect(await cli.json('user show openly')).toMatchObject({ passwordScheme: 'bcrypt' });
  expect((await login(cli, 'openly', 'Kept-in-the-0pen')).exitCode).toBe(0);
  expect(await cli.json('user show unusable')).toMatchObject({ passwordScheme: null });
});

test('the formats that --format offers are those of the registry', async () => {
  const { importFormats } = await import('../../../../../src/services/imports/request.ts');
  const { dumpFormats } = await import('../../../../../src/dumps/index.ts');
  expect([...importFormats].sort()).toEqual(dumpFormats.map(({ id }) => id).sort());
});

test('hashes of the empty password are named, and their users come in without a password', async () => {
  const cli = await testCli();
  const file = join(cli.folder, 'empty.csv');
  const hashes = ['{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=', '$3$$31d6cfe0d16ae931b73c59d7e0c089c0', '{noop}'];
  const rows = hashes.map((hash, index) => `user${index},${hash}`);
  writeFileSync(file, `username,passwordHash\n${rows.join('\n')}\n`, { mode: 0o600 });

  const report = await cli.json(`user import ${file} --wrap-weak`);

  expect(report).toMatchObject({
    created: 3,
    rejected: 0,
    credentials: [{ scheme: 'empty-password', strength: 'none', count: 3 }],
  });
  for (const name of ['user0', 'user1', 'user2']) {
    expect(await cli.json(`user show ${name}`)).toMatchObject({ passwordScheme: null });
    expect((await login(cli, name, '')).exitCode).not.toBe(0);
  }
});

test('a hash that no engine can run is rejected', async () => {
  const cli = await testCli();
  const file = join(cli.folder, 'short-salt.csv');
  const hash = '$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$1Q8aOH0ZFi6TjVDdUj8ddQbM4QCrXEIbBhnQcHGOi2M';
  writeFileSync(file, `username,passwordHash\nalice,"${hash}"\n`, { mode: 0o600 });

  const report = JSON.parse((await cli.run(['user', 'import', file, '--json'])).stdout);
  expect(report.rejects).toEqual([{ code: 'unsupported-hash', count: 1, firstLine: 2 }]);
});

test('plan, wrapping and report agree about hashes that are hardly stretched', async () => {
  const cli = await testCli();
  const file = join(cli.folder, 'hardly.json');
  const zeros = (bytes: number) => Buffer.alloc(bytes, 1).toString('base64').replaceAll('=', '');
  const hashes = [
    `$pbkdf2-sha256$10$c2FsdHNhbHQ$${zeros(32)}`,
    `$scrypt$ln=1,r=8,p=1$c2FsdHNhbHQ$${zeros(32)}`,
    `{FSHP0|0|480000}${zeros(20)}=`,
  ];
  const users = hashes.map((passwordHash, index) => ({ username: `user${index}`, passwordHash }));
  writeFileSync(file, JSON.stringify(users), { mode: 0o600 });

  const plan = await cli.json<{ credentials: { strength: string }[] }>(
    `user import ${file} --wrap-weak --dry-run`,
  );
  expect(plan.credentials.map(({ strength }) => strength)).toEqual(['fast', 'fast', 'fast']);
  await cli.json(`user import ${file} --wrap-weak`);

  const report = await cli.json<{ scheme: string }[]>('hash report');
  expect(report.map(({ scheme }) => scheme)).toEqual(['wrapped', 'wrapped', 'wrapped']);
});

test('a pepper in a hash format is refused, in an option and in a column', async () => {
  const cli = await testCli();
  const { folder } = cli;
  const pepper = 'Pepper-in-argument';
  const format = `sha256:'${pepper}'+password`;
  const file = join(folder, 'users.csv');
  const hash = sha256(`${pepper}secret`);
  writeFileSync(file, `username,password_hash,hash_format\nalice,${hash},"${format}"\n`, { mode: 0o600 });

  for (const line of [
    ['user', 'import', file, '--hash-format', format],
    ['user', 'import', file, '--hash-format', format, '--probe', 'alice', '--password-stdin'],
    ['hash', 'identify', '--stdin', '--hash-format', format],
  ]) {
    const seen = await cli.run(line, { stdin: hash });
    expect(seen).toMatchObject({ exitCode: 2, stdout: '' });
    expect(seen.stderr).toContain('(pepper)');
    expect(seen.stderr).not.toContain(pepper);
  }

  const imported = await cli.run([
    'user',
    'import',
    file,
    '--json',
    '--rejects',
    join(folder, 'rejects.csv'),
  ]);
  expect(imported.exitCode).toBe(10);
  expect(JSON.parse(imported.stdout).rejects).toEqual([{ code: 'unsupported-hash', count: 1, firstLine: 2 }]);
  expect(readFileSync(join(folder, 'rejects.csv'), 'utf8')).not.toContain(pepper);
});

test('a password with a salt beside it is taken for a hash, unless it is said to be plain text', async () => {
  const cli = await testCli();
  const file = join(cli.folder, 'salted.csv');
  writeFileSync(file, 'username,password,salt\nalice,Correct-horse-1,NaCl\nbob,Correct-horse-2,\n', {
    mode: 0o600,
  });

  const report = await cli.run(['user', 'import', file, '--json']);
  expect(JSON.parse(report.stdout)).toMatchObject({
    created: 1,
    rejects: [{ code: 'looks-like-hash', count: 1, firstLine: 2 }],
  });

  expect(await cli.json(`user import ${file} --plaintext --on-conflict skip`)).toMatchObject({ created: 1 });
  expect((await login(cli, 'alice', 'Correct-horse-1')).exitCode).toBe(0);
});
