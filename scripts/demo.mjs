// The main job from end to end, in a scratch folder that is removed afterwards: npm run demo
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/authctl.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'authctl-demo-'));
const dump = join(folder, 'legacy-users.json');
// Passwords in plain text: nobody else should read them.
copyFileSync(new URL('demo/legacy-users.json', import.meta.url), dump);
chmodSync(dump, 0o600);
const env = { ...process.env, AUTHCTL_DATABASE: join(folder, 'demo.db'), AUTHCTL_ACTOR: 'demo' };

/** Runs one command, shows it with what it prints, and stops the demo when it exits otherwise than expected. */
function step(why, words, { input, expected = 0 } = {}) {
  const shown = words
    .map((word) => word.replace(`${folder}/`, ''))
    .map((word) => (word.includes(' ') ? `"${word}"` : word));
  console.log(
    `\n# ${why}\n$ ${input === undefined ? '' : `printf '%s' '${input}' | `}authctl ${shown.join(' ')}`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env,
    input,
    encoding: 'utf8',
  });
  process.stdout.write(stdout + stderr);
  if (status === expected) return;
  console.error(`demo: exit code ${status}, expected ${expected}`);
  process.exitCode = 1;
  throw new Error('the demo has failed');
}

try {
  step('Make the database, readable by you alone.', ['migrate', 'up']);
  step('What would an import of the old plaintext dump do?', ['user', 'import', dump, '--dry-run', '--rows']);
  step('Import it; each password is hashed with bcrypt.', ['user', 'import', dump]);
  step('Alice logs in with the password she has.', ['user', 'login', 'alice', '--password-stdin'], {
    input: 'Wonderland-1865',
  });
  step('A wrong password is refused, counted and audited.', ['user', 'login', 'alice', '--password-stdin'], {
    input: 'not hers',
    expected: 3,
  });
  step('Lock Bob out for two hours.', ['user', 'lock', 'bob', '--for', '2h', '--reason', 'lost laptop']);
  step('Who is there?', ['user', 'list']);
  step('What has happened?', ['audit', 'show']);
  step('Is the log whole?', ['audit', 'verify']);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
