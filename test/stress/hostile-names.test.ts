import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { identityKey } from '../../src/domain/username.ts';
import { testCli } from '../cli.ts';
import { expectHarmless, hasScript, hostileTexts, onTerminal } from './hostile.ts';
import { migratedProgram, type Program } from './program.ts';

const minutes = 60_000;

/** Commands that take a foreign word, in every place where one can stand. */
const places: ((word: string) => string[])[] = [
  (word) => ['user', 'add', '--no-password', '--', word],
  (word) => ['user', 'add', 'someone', '--no-password', `--email=${word}`],
  (word) => ['user', 'add', 'someone', '--no-password', `--first-name=${word}`],
  (word) => ['user', 'set', 'alice', `--last-name=${word}`],
  (word) => ['user', 'set', 'alice', `--username=${word}`],
  (word) => ['user', 'show', '--', word],
  (word) => ['user', 'login', '--password-stdin', '--', word],
  (word) => ['user', 'lock', 'alice', `--reason=${word}`],
  (word) => ['user', 'lock', 'alice', `--for=${word}`],
  (word) => ['user', 'lock', 'alice', `--until=${word}`],
  (word) => ['user', 'list', `--search=${word}`],
  (word) => ['user', 'list', `--after=${word}`],
  (word) => ['user', 'list', `--sort=${word}`],
  (word) => ['user', 'list', `--limit=${word}`],
  (word) => ['user', 'import', '--', word],
  (word) => ['user', 'import', 'missing.csv', `--map=${word}`],
  (word) => ['audit', 'show', `--actor=${word}`],
  (word) => ['audit', 'show', `--user=${word}`],
  (word) => ['audit', 'verify', `--checkpoint=${word}`],
  (word) => ['policy', 'set', '--', word],
  (word) => ['policy', 'set', `usernameCharacters=${word}`],
  (word) => ['config', 'show', `--database=${word}`],
  (word) => ['config', 'show', `--actor=${word}`],
  (word) => ['config', 'show', `--output=${word}`],
  (word) => [word],
  (word) => ['user', word],
  (word) => ['user', 'list', word],
  (word) => ['user', 'list', `--${word}`],
];

test.each(places.map((place) => [place('…').join(' '), place] as const))(
  'authctl %s with a hostile word does no harm',
  async (_line, place) => {
    const cli = await testCli();
    await cli.json('user add alice --no-password');
    for (const text of hostileTexts) {
      for (const output of ['--output=table', '--output=json', '--output=csv']) {
        const args = place(text);
        const rest = args.includes('--') ? [output, ...args] : [...args, output];
        const seen = await cli.run(rest, { stdin: 'Wrong-guess-1' });
        expectHarmless({ ...seen, signal: null }, JSON.stringify(rest).slice(0, 200));
      }
    }
    expect(await cli.run('audit verify')).toMatchObject({ exitCode: 0 });
  },
  minutes,
);

/** A user whose every text is hostile, written past the program's own checks. */
async function withHostileUsers(): Promise<Program> {
  const program = await migratedProgram();
  await program.json('user', 'add', 'alice', '--no-password', '--email', 'alice@example.org');
  await program.json('user', 'lock', 'alice');
  const database = new Database(program.database);
  const columns = database.prepare("select * from users where username = 'alice'").get();
  hostileTexts.forEach((text, index) => {
    const short = text.slice(0, 1000);
    const row = { ...Object(columns), id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}` };
    for (const column of ['username', 'email', 'first_name', 'last_name', 'lock_reason', 'created_by']) {
      row[column] = `${short}${index}`;
    }
    row.username_key = identityKey(row.username);
    row.email_key = identityKey(row.email);
    const names = Object.keys(row);
    database
      .prepare(
        `insert into users (${names.join(', ')}) values (${names.map((name) => `@${name}`).join(', ')})`,
      )
      .run(row);
  });
  database.close();
  return program;
}

const showing = [
  ['user', 'list'],
  ['user', 'show', '00000000-0000-7000-8000-000000000001'],
  ['audit', 'show'],
];

test(
  'hostile text that is in the database already comes out escaped',
  async () => {
    const program = await withHostileUsers();
    for (const args of showing) {
      for (const output of ['table', 'json', 'ndjson', 'csv', 'ids']) {
        if (args[0] === 'audit' && output === 'ids') continue;
        const ended = await program.run([...args, '--output', output]);
        expect(ended.exitCode).toBe(0);
        expectHarmless(ended, `${args.join(' ')} --output ${output}`);
      }
    }
    const listed = await program.json<{ firstName: string }[]>('user', 'list');
    const names = new Set(listed.map((user) => user.firstName));
    for (const [index, text] of hostileTexts.entries())
      expect(names).toContain(`${text.slice(0, 1000)}${index}`);
  },
  minutes,
);

test.skipIf(!hasScript)(
  'nor does a terminal get it raw (needs script of util-linux)',
  async () => {
    const program = await withHostileUsers();
    for (const args of showing) {
      for (const output of ['table', 'json', 'ndjson', 'csv']) {
        const ended = await onTerminal(program, [...args, '--output', output]);
        expect(ended.exitCode).toBe(0);
        expectHarmless(ended, `${args.join(' ')} --output ${output}`);
        expect(ended.stdout.length).toBeGreaterThan(100);
      }
    }
    const errors = hostileTexts.filter((text) => text.length < 1000);
    for (const text of errors) expectHarmless(await onTerminal(program, ['user', 'show', '--', text]), text);
  },
  minutes,
);
