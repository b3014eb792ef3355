import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { run } from '../../src/cli/run.ts';
import { composeApp } from '../../src/compose.ts';
import { type Scene, scene } from './scene.ts';

interface Typed {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the program as at a terminal: each answer is typed when its question has come. */
async function atTerminal(
  { folder, database }: Pick<Scene, 'folder' | 'database'>,
  argv: readonly string[],
  answers: readonly [question: string, answer: string][] = [],
  env: Record<string, string> = {},
): Promise<Typed> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const tell = (chunk: unknown) => {
    text.stderr += chunk;
    const [next] = waiting;
    if (!next || !text.stderr.includes(next[0])) return;
    waiting.shift();
    setImmediate(() => stdin.write(next[1]));
  };
  const text = { stdout: '', stderr: '' };
  const waiting = [...answers];
  stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  stderr.on('data', tell);
  const terminal = {
    stdin,
    stdout,
    stderr,
    // A prompt ends the stream that it is drawn on. Standard error ignores that; this stream must not end either.
    get screen() {
      return new PassThrough().on('data', tell);
    },
    stdinIsTTY: true,
    stdoutIsTTY: true,
    stderrIsTTY: true,
    columns: 80,
  };
  const exitCode = await run(argv, terminal, {
    env: { HOME: folder, AUTHCTL_DATABASE: database, ...env },
    version: '0.0.0-test',
    defaultActor: 'tester',
    signal: new AbortController().signal,
    services: async (settings) => composeApp(settings, { osUser: 'tester', cores: 2, now: () => new Date() }),
  });
  await sleep(0);
  expect(waiting).toEqual([]);
  return { exitCode, ...text };
}

test.each([
  [{}, [], true],
  [{ NO_COLOR: '1' }, [], false],
  [{ NO_COLOR: '' }, [], true],
  [{}, ['--no-color'], false],
])('with the environment %j and %j there is colour on a terminal: %s', async (env, flags, colored) => {
  const cli = await scene({ migrated: false });
  const seen = await atTerminal(cli, ['config', 'show', ...flags], [], env);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what is looked for
  expect(/\u001b\[/.test(seen.stdout)).toBe(colored);
  expect(seen.exitCode).toBe(0);
});

test('a password is asked for twice, and not shown', async () => {
  const cli = await scene();
  const seen = await atTerminal(
    cli,
    ['user', 'add', 'alice'],
    [
      ['New password:', 'Correct-horse-1\n'],
      ['The same again:', 'Correct-horse-1\n'],
    ],
  );
  expect(seen).toMatchObject({ exitCode: 0, stdout: 'user "alice" added\n' });
  expect(seen.stderr).not.toContain('Correct');
  expect(await cli.login('alice', 'Correct-horse-1')).toMatchObject({ exitCode: 0 });
});

test('two different passwords at the prompt add no user', async () => {
  const cli = await scene();
  const seen = await atTerminal(
    cli,
    ['user', 'add', 'alice'],
    [
      ['New password:', 'Correct-horse-1\n'],
      ['The same again:', 'Correct-horse-2\n'],
    ],
  );
  expect(seen).toMatchObject({ exitCode: 4, stdout: '' });
  expect(seen.stderr).toContain('the two passwords are not the same');
  expect(await cli.json('user list')).toEqual([]);
});

test('a login asks once', async () => {
  const cli = await scene();
  await cli.add('alice');
  const seen = await atTerminal(cli, ['user', 'login', 'alice'], [['Password:', 'Correct-horse-1\n']]);
  expect(seen).toMatchObject({ exitCode: 0, stdout: 'login of "alice" ok\n' });
});

test('control-C at a prompt ends with 130 and changes nothing', async () => {
  const cli = await scene();
  const seen = await atTerminal(cli, ['user', 'add', 'alice'], [['New password:', '\u0003']]);
  expect(seen).toMatchObject({ exitCode: 130, stdout: '' });
  expect(await cli.json('user list')).toEqual([]);
});

test('a shorter lock over a longer one asks', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('user lock alice --until 2099-01-01');

  const no = await atTerminal(cli, ['user', 'lock', 'alice', '--for', '5m'], [['Go on?', 'n\n']]);
  expect(no).toMatchObject({ exitCode: 130, stdout: '' });
  expect(no.stderr).toContain(
    'This replaces a longer lock: user "alice" is locked until 2099-01-01 00:00:00Z.\n',
  );
  expect(await cli.user('alice')).toMatchObject({ lockedUntil: '2099-01-01T00:00:00.000Z' });

  const yes = await atTerminal(cli, ['user', 'lock', 'alice', '--for', '5m'], [['Go on?', 'y\n']]);
  expect(yes).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('user "alice" locked until ') });
});

test('migrate down names what will be lost, and asks', async () => {
  const cli = await scene();
  await cli.add('alice', 'bob');
  const before = cli.contents();
  const { head } = await cli.json<{ head: { hash: string } }>('audit verify');

  const no = await atTerminal(cli, ['migrate', 'down', '--to', '0'], [['Go on?', 'n\n']]);
  expect(no).toMatchObject({ exitCode: 130, stdout: '' });
  expect(no.stderr).toContain(`lost for ever: 2 users, 3 audit events (head of the log ${head.hash})`);
  expect(cli.contents()).toBe(before);

  const silence = await atTerminal(cli, ['migrate', 'down', '--to', '0'], [['Go on?', '\n']]);
  expect(silence.exitCode).toBe(130);
  expect(cli.contents()).toBe(before);

  const yes = await atTerminal(cli, ['migrate', 'down', '--to', '0'], [['Go on?', 'y\n']]);
  expect(yes.exitCode).toBe(0);
  expect(yes.stdout).toContain(`took back ${migrations.at(-1)?.name}`);
});

test('deleting and purging ask at a terminal, and a deleted user is not asked about twice', async () => {
  const cli = await scene();
  await cli.add('alice');
  const before = cli.contents();
  const no = await atTerminal(cli, ['user', 'delete', 'alice'], [['Go on?', 'n\n']]);
  expect(no).toMatchObject({ exitCode: 130, stdout: '' });
  expect(no.stderr).toContain('This deletes user "alice".');
  expect(cli.contents()).toBe(before);

  const yes = await atTerminal(cli, ['user', 'delete', 'alice'], [['Go on?', 'y\n']]);
  expect(yes).toMatchObject({ exitCode: 0, stdout: 'user "alice" deleted\n' });
  expect((await atTerminal(cli, ['user', 'delete', 'alice'])).exitCode).toBe(0);

  const purged = await atTerminal(cli, ['user', 'purge', 'alice'], [['Go on?', 'y\n']]);
  expect(purged).toMatchObject({ exitCode: 0, stdout: 'user "alice" purged\n' });
  expect(purged.stderr).toContain('This removes user "alice" and everything of it for ever.');
});

test('an own change asks for the old password, then twice for the new one', async () => {
  const cli = await scene();
  await cli.add('alice');
  const seen = await atTerminal(
    cli,
    ['user', 'passwd', 'alice', '--old-password'],
    [
      ['Old password:', 'Correct-horse-1\n'],
      ['New password:', `${cli.secret('Second-horse-2')}\n`],
      ['The same again:', 'Second-horse-2\n'],
    ],
  );
  expect(seen).toMatchObject({ exitCode: 0, stdout: 'password of user "alice" changed\n' });
  expect(seen.stderr).not.toContain('horse');
  expect((await cli.login('alice', 'Second-horse-2')).exitCode).toBe(0);
});

test('a change of many users states how many they are, and asks', async () => {
  const cli = await scene();
  await cli.add('alice', 'bob');
  const line = ['user', 'disable', '--where', 'status=active'];
  const before = cli.contents();
  const no = await atTerminal(cli, line, [['Go on?', 'n\n']]);
  expect(no).toMatchObject({ exitCode: 130, stdout: '' });
  expect(no.stderr).toContain('This disables 2 users.');
  expect(cli.contents()).toBe(before);
  const yes = await atTerminal(cli, line, [['Go on?', 'y\n']]);
  expect(yes).toMatchObject({ exitCode: 0, stdout: '2 users disabled\n' });
  expect((await atTerminal(cli, line)).stdout).toBe('0 users disabled\n');
});

test("ending everybody's sessions asks first", async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('user login alice --session --password-stdin', { stdin: 'Correct-horse-1' });
  const line = ['session', 'revoke', '--all'];
  const no = await atTerminal(cli, line, [['Go on?', 'n\n']]);
  expect(no).toMatchObject({ exitCode: 130, stdout: '' });
  expect(no.stderr).toContain('This ends the sessions of all users.');
  expect(await cli.json('session list')).toHaveLength(1);
  const yes = await atTerminal(cli, line, [['Go on?', 'y\n']]);
  expect(yes).toMatchObject({ exitCode: 0, stdout: '1 session ended\n' });
});

test('a token is asked for without showing it, then the new password twice', async () => {
  const cli = await scene();
  await cli.add('alice');
  const { token } = await cli.json<{ token: string }>('reset issue alice');
  const seen = await atTerminal(
    cli,
    ['reset', 'redeem'],
    [
      ['Token:', `${token}\n`],
      ['New password:', `${cli.secret('Second-horse-2')}\n`],
      ['The same again:', 'Second-horse-2\n'],
    ],
  );
  expect(seen).toMatchObject({ exitCode: 0, stdout: 'password of user "alice" set\n' });
  expect(seen.stderr).not.toContain('horse');
  expect(seen.stderr).not.toContain(token);
});
