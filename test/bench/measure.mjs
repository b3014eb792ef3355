import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program. */
export const program = fileURLToPath(new URL('../../bin/authctl.js', import.meta.url));

/** A folder that is removed when the process ends. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs authctl over a database; throws unless it exits as expected. */
export function authctl(database, words, { input, expected = 0 } = {}) {
  const env = { ...process.env, AUTHCTL_DATABASE: database };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env,
    input,
    encoding: 'utf8',
  });
  if (status !== expected) throw new Error(`authctl ${words.join(' ')}: exit ${status}\n${stderr}`);
  return stdout;
}

/** A migrated database with quick or real hashes. */
export function newDatabase(folder, name, bcryptCost) {
  const database = join(folder, name);
  authctl(database, ['migrate', 'up']);
  authctl(database, ['policy', 'set', `bcryptCost=${bcryptCost}`]);
  return database;
}

/** Wall-clock milliseconds of one run of a command, its output going through a pipe. */
export function wallMs(command, args, env = process.env) {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
  });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stderr}`);
  return ms;
}

export const median = (numbers) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Runs two measurements in turn, so that both meet the same moods of the machine; medians of each and of the ratio. */
export function paired(runs, subject, floor) {
  const pairs = Array.from({ length: runs }, () => [subject(), floor()]);
  return {
    subject: median(pairs.map(([one]) => one)),
    floor: median(pairs.map(([, other]) => other)),
    ratio: median(pairs.map(([one, other]) => one / other)),
  };
}

/** Runs authctl, in a Node with these options, and gives what it printed, wall-clock seconds and peak memory in MB. */
export function peak(database, words, expected = [0], options = []) {
  return new Promise((resolve, reject) => {
    // The program says itself how much it took, at its end: no other program is needed for that.
    const hook = join(import.meta.dirname, 'peak-memory.cjs');
    const begin = process.hrtime.bigint();
    const child = spawn(process.execPath, [...options, '-r', hook, program, ...words], {
      env: { ...process.env, AUTHCTL_DATABASE: database },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let told = '';
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.stdio[3].on('data', (chunk) => (told += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (!expected.includes(code))
        return reject(new Error(`authctl ${words.join(' ')}: exit ${code}\n${stderr}`));
      resolve({
        stdout,
        seconds: Number(process.hrtime.bigint() - begin) / 1e9,
        megabytes: Number(told) / 1024,
      });
    });
  });
}

/** Prints one result against its target. */
export function report(what, { subject, floor, ratio, unit, target }) {
  console.log(
    `${what}: ${subject.toFixed(1)} ${unit}, floor ${floor.toFixed(1)} ${unit}, ratio ${ratio.toFixed(2)} (${target})`,
  );
}
