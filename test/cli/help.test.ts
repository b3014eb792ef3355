import { expect, test } from 'vitest';
import { commands, nouns } from '../../src/cli/commands/index.ts';
import { testCli } from '../cli.ts';

test.each(commands.map(({ name, summary, load }) => ({ name, summary, load })))(
  '$name has help: what it does, every option and an example',
  async ({ name, summary, load }) => {
    const { run } = await testCli({ migrated: false });
    const command = await load();

    const help = await run(`${name} --help`);

    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(summary).toMatch(/^[a-z].*[^.]$/);
    expect(help.stdout.replaceAll(/\s+/g, ' ').toLowerCase()).toContain(summary.toLowerCase());
    expect(command.name.startsWith(name)).toBe(true);
    for (const spec of Object.values(command.options)) {
      expect(spec.description).toMatch(/\w/);
      expect(help.stdout).toContain(spec.flags);
      if (spec.negated) expect(help.stdout).toContain(spec.negated);
    }
    for (const [argument] of command.name.matchAll(/[<[][^>\]]+[>\]]/g))
      expect(help.stdout).toContain(argument);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) {
      expect(example).toContain(`authctl ${name}`);
      expect(help.stdout).toContain(`  ${example}\n`);
    }
    for (const flag of ['--database', '--actor', '--json', '--output', '--no-color', '--help']) {
      expect(help.stdout).toContain(flag);
    }
  },
);

test('no password can be given as the value of an option', async () => {
  for (const { load } of commands) {
    for (const { flags } of Object.values((await load()).options)) {
      expect(flags).not.toMatch(/pass(word|wd)?[ =]<(?!file)/);
      expect(flags).not.toMatch(/--password\b(?!-)/);
    }
  }
});

test('the program lists its nouns, and each noun its verbs', async () => {
  const { run } = await testCli({ migrated: false });
  const all = await run('--help');
  expect(all.exitCode).toBe(0);
  for (const [noun, summary] of Object.entries(nouns)) {
    expect(all.stdout).toContain(noun);
    expect(all.stdout.replaceAll(/\s+/g, ' ')).toContain(summary);
    const help = await run(`${noun} --help`);
    expect(help.exitCode).toBe(0);
    for (const { name } of commands.filter((one) => one.name.startsWith(`${noun} `))) {
      expect(help.stdout).toMatch(new RegExp(`^ +${name.slice(noun.length + 1)}\\b`, 'm'));
    }
  }
});

test.each([
  ['help', '--help'],
  ['help user', 'user --help'],
  ['user help add', 'user add --help'],
  ['user add -h', 'user add --help'],
  ['--json user add --help', 'user add --help'],
])('%s says what %s says', async (line, same) => {
  const { run } = await testCli({ migrated: false });
  expect(await run(line)).toEqual(await run(same));
  expect((await run(line)).exitCode).toBe(0);
});

test.each(['--version', '-V'])('%s prints the version alone', async (line) => {
  const { run } = await testCli({ migrated: false });
  expect(await run(line)).toEqual({ exitCode: 0, stdout: '0.0.0-test\n', stderr: '' });
});
