// Runs the most frequent commands, and keeps the code that V8 compiles for them in dist/code, for bin/load.js.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = 'bin/authctl.js';
const recorder = 'scripts/record-code.cjs';

/** Runs a file of Node with its arguments in a folder of its own; gives what it printed. */
function run(folder, file, words, input = '') {
  const path = join(folder, 'input');
  writeFileSync(path, input, { mode: 0o600 });
  const stdin = openSync(path, 'r');
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], {
    env: { PATH: process.env.PATH, HOME: folder, AUTHCTL_DATABASE: join(folder, 'users.db') },
    stdio: [stdin, 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  closeSync(stdin);
  if (status !== 0) throw new Error(`${file} ${words.join(' ')}: exit ${status}\n${stderr}`);
  return stdout;
}

export function makeStartCode() {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-build-'));
  try {
    const password = randomBytes(20).toString('base64');
    const login = ['user', 'login', 'alice', '--password-stdin', '--session', '--json'];
    run(folder, program, ['migrate', 'up']);
    run(folder, program, ['user', 'add', 'alice', '--password-stdin'], password);
    const { session } = JSON.parse(run(folder, program, login, password));
    const token = join(folder, 'token');
    writeFileSync(token, session.token, { mode: 0o600 });
    const commands = [
      ['--help'],
      ['user', 'show', 'alice', '--json'],
      ['session', 'verify', '--token-file', token, '--json'],
      ['user', 'list'],
      login,
    ];
    run(folder, recorder, [JSON.stringify(commands)], password);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
