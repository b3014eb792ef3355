import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { Scene } from '../cli/scene.ts';

// Users whose passwords other software hashes, and whether they log in here: `knownUsers`, `importAll`, `expectLogins`.

/** Debian's own Python, which its packages belong to. */
const python3 = '/usr/bin/python3';

/** Whether a program is there, by name or by path. */
export const has = (program: string): boolean =>
  program.includes('/') ? existsSync(program) : spawnSync('which', [program]).status === 0;

/** Whether Debian's Python has all these modules. */
export const hasPython = (...modules: string[]): boolean =>
  spawnSync(python3, ['-c', `import ${modules.join(', ')}`]).status === 0;

/** Runs a program of Python that reads `given` as JSON from standard input and prints JSON. */
export function python<T>(program: string, given: unknown): T {
  const source = `import json, sys\ngiven = json.load(sys.stdin)\n${program}`;
  return JSON.parse(
    execFileSync(python3, ['-W', 'ignore', '-c', source], { input: JSON.stringify(given), encoding: 'utf8' }),
  );
}

/** Runs a program with this as standard input; gives standard output without the line's end. */
export const output = (program: string, args: readonly string[], input: string): string =>
  execFileSync(program, args, { input, encoding: 'utf8', stdio: 'pipe' }).trimEnd();

/** A user and the password that other software knows. */
export interface Known {
  username: string;
  password: string;
}

const alphabets = [
  [...'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'],
  [...' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~aZ0'],
  [...'äöüßéèñçøåÆŁžščřőű€£'],
  [...'парольΓλώσσα密码パスワード비밀번호'],
  [...'🔑🐎🔋📎xY1'],
];

/**
 * Users with random passwords, the same in every run: all of printable ASCII, and other scripts in turn. The first
 * eight characters hold what tells one from another, since the oldest hashes see no more of them.
 *
 * @param bytes most bytes of UTF-8 in a password
 */
export function knownUsers(seed: number, names: readonly string[], bytes = 40): Known[] {
  const random = randomFrom(seed);
  return names.map((username, index) => {
    const alphabet = alphabets[index % alphabets.length] ?? [];
    const length = 8 + Math.floor(random() * 16);
    let password = '';
    while ([...password].length < length) {
      const next = alphabet[Math.floor(random() * alphabet.length)] ?? '';
      if (Buffer.byteLength(password + next) > bytes) break;
      password += next;
    }
    // A file that holds a password ends in a line break, which is no part of it; neither is a space elsewhere.
    return { username, password: password.trim().normalize('NFC').padEnd(8, 'x') };
  });
}

/** Mulberry32: numbers from 0 to 1 that depend on the seed alone. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Another password than the user's, already in its first characters. */
export const wrongFor = ({ password }: Known): string =>
  [password.startsWith('Q') ? 'W' : 'Q', ...[...password].slice(1)].join('');

/** Imports a dump that comes in completely. */
export async function importAll(
  cli: Scene,
  dump: string,
  users: readonly Known[],
  options = '',
): Promise<void> {
  const seen = await cli.run(`user import ${dump} ${options} --json`);
  if (seen.stdout === '') throw new Error(seen.stderr);
  const { created, rejected, rejects } = JSON.parse(seen.stdout);
  expect({ created, rejected, rejects }).toEqual({ created: users.length, rejected: 0, rejects: [] });
}

/**
 * Schemes that ignore a part of the password. A hash of today's is put around theirs, so that it goes on taking all that
 * it took.
 */
const ignoringSchemes = ['des-crypt', 'bsdi-crypt', 'django-crypt'];

/** Everyone gets in with the password of before and with no other, and has a hash of today's afterwards. */
export async function expectLogins(cli: Scene, users: readonly Known[]): Promise<void> {
  for (const user of users) {
    const { passwordScheme } = await cli.user(user.username);
    const renewed = ignoringSchemes.includes(String(passwordScheme)) ? 'wrapped' : 'bcrypt';
    expect((await cli.login(user.username, wrongFor(user))).exitCode, user.username).toBe(3);
    expect((await cli.login(user.username, user.password)).exitCode, user.username).toBe(0);
    expect((await cli.user(user.username)).passwordScheme, user.username).toBe(renewed);
    expect((await cli.login(user.username, user.password)).exitCode, user.username).toBe(0);
  }
}

/** Adds users with their passwords, hashed by today's scheme. */
export async function addKnown(cli: Scene, users: readonly Known[]): Promise<void> {
  await cli.json(
    'policy set passwordRequireUpper=false passwordRequireLower=false passwordRequireDigit=false',
  );
  for (const { username, password } of users) {
    await cli.json(`user add ${username} --password-stdin`, { stdin: password });
  }
}
