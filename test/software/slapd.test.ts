import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Scene, scene } from '../cli/scene.ts';
import { testFolder } from '../cli.ts';
import { addKnown, expectLogins, has, type Known, knownUsers, wrongFor } from './software.ts';

const [slappasswd, slapadd, slapcat, slapd] = ['slappasswd', 'slapadd', 'slapcat', 'slapd'].map(
  (name) => `/usr/sbin/${name}`,
);
const hasSlapd = [slappasswd, slapadd, slapcat, slapd].every((program) => has(program ?? ''));
const modules = '/usr/lib/ldap';
const base = 'ou=people,dc=example,dc=com';

/** What slappasswd is given for each scheme, by the names of the users. */
const schemes: Record<string, string[]> = {
  SSHA: [],
  SHA: [],
  SMD5: [],
  MD5: [],
  CRYPT: ['-c', '$6$rounds=1000$%.12s'],
  ...(has(`${modules}/pw-sha2.so`) && {
    SSHA256: ['-o', `module-path=${modules}`, '-o', 'module-load=pw-sha2'],
    SHA512: ['-o', `module-path=${modules}`, '-o', 'module-load=pw-sha2'],
    SSHA512: ['-o', `module-path=${modules}`, '-o', 'module-load=pw-sha2'],
  }),
  ...(has(`${modules}/argon2.so`) && {
    ARGON2: ['-o', `module-path=${modules}`, '-o', 'module-load=argon2'],
  }),
};

interface Directory {
  folder: string;
  /** Adds entries of LDIF below the base. */
  add(ldif: string): void;
  dump(): string;
}

/** An empty directory with the usual schema, in a folder of its own. */
function directory(): Directory {
  const folder = testFolder();
  const settings = join(folder, 'slapd.conf');
  mkdirSync(join(folder, 'data'));
  const lines = [
    ...['core', 'cosine', 'nis', 'inetorgperson'].map(
      (schema) => `include /etc/ldap/schema/${schema}.schema`,
    ),
    ...[`modulepath ${modules}`, 'moduleload back_mdb', 'moduleload ppolicy'],
    ...['pw-sha2', 'argon2']
      .filter((name) => has(`${modules}/${name}.so`))
      .map((name) => `moduleload ${name}`),
    ...['database mdb', 'suffix "dc=example,dc=com"', `directory ${join(folder, 'data')}`, 'overlay ppolicy'],
  ];
  writeFileSync(settings, `${lines.join('\n')}\n`);
  const add = (ldif: string) => {
    writeFileSync(join(folder, 'in.ldif'), ldif, { mode: 0o600 });
    const { stderr } = spawnSync(slapadd ?? '', ['-f', settings, '-l', join(folder, 'in.ldif')], {
      encoding: 'utf8',
    });
    expect(stderr).not.toMatch(/error|invalid|fail/i);
  };
  add(
    'dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: example\n\n' +
      `dn: ${base}\nobjectClass: organizationalUnit\nou: people\n`,
  );
  const dump = () => execFileSync(slapcat ?? '', ['-f', settings], { encoding: 'utf8', stdio: 'pipe' });
  return { folder, add, dump };
}

/** Starts the server of a directory; gives whether somebody may bind with a password. */
async function server({ folder }: Directory): Promise<(user: string, password: string) => boolean> {
  const url = `ldapi://${encodeURIComponent(join(folder, 'socket'))}`;
  const child = spawn(slapd ?? '', ['-f', join(folder, 'slapd.conf'), '-h', url, '-d', '0'], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  const bind = (user: string, password: string) => {
    const file = join(folder, 'password');
    writeFileSync(file, password, { mode: 0o600 });
    return spawnSync('ldapwhoami', ['-x', '-H', url, '-D', `uid=${user},${base}`, '-y', file], {
      encoding: 'utf8',
    });
  };
  for (let attempt = 0; attempt < 200 && bind('nobody', 'x').stderr.includes("Can't contact"); attempt += 1)
    await sleep(25);
  return (user, password) => {
    const { status, stderr } = bind(user, password);
    if (status !== 0) expect(stderr).toContain('Invalid credentials');
    return status === 0;
  };
}

/** Entries whose passwords slappasswd(8) has hashed, as slapcat(8) writes them. */
function slapcatted(users: readonly Known[], file: string): string {
  const { add, dump } = directory();
  const entries = users.map(({ username, password }) => {
    const scheme = username.slice(0, username.lastIndexOf('_'));
    writeFileSync(file, password, { mode: 0o600 });
    const hash = execFileSync(slappasswd ?? '', [
      '-n',
      '-h',
      `{${scheme}}`,
      ...(schemes[scheme] ?? []),
      '-T',
      file,
    ]);
    return `dn: uid=${username},${base}\nobjectClass: inetOrgPerson\nuid: ${username}\ncn: Kim Doe\nsn: Doe\nuserPassword: ${hash}\n`;
  });
  add(entries.join('\n'));
  return dump();
}

const names = Object.keys(schemes).flatMap((scheme) => [1, 2, 3, 4, 5].map((index) => `${scheme}_${index}`));

async function imported(cli: Scene, users: readonly Known[]): Promise<void> {
  const dump = cli.file('slapcat.ldif', slapcatted(users, cli.file('password', '')));
  const seen = await cli.run(`user import ${dump} --json`);
  if (seen.stdout === '') throw new Error(seen.stderr);
  const { created, rejects } = JSON.parse(seen.stdout);
  expect(created, seen.stdout).toBe(users.length);
  // The two entries above the users, of which slapcat writes first, are no users.
  for (const reject of rejects) expect(reject).toMatchObject({ code: 'not-a-user', count: 2 });
}

test.skipIf(!hasSlapd)('what slappasswd hashes logs in here', async () => {
  const cli = await scene();
  const users = knownUsers(15, names);
  await imported(cli, users);
  await expectLogins(cli, users);
});

test.skipIf(!hasSlapd || !has('ldapwhoami'))(
  'slapd takes our LDIF, and binds those whose hashes it knows',
  async () => {
    const cli = await scene();
    const own = knownUsers(16, ['mine1', 'mine2', 'mine3', 'mine4', 'mine5']);
    const theirs = knownUsers(17, names);
    await addKnown(cli, own);
    await imported(cli, theirs);
    await cli.json('user add locked --password-stdin', { stdin: 'Correct-horse-1' });
    await cli.json('user lock locked');

    await cli.json(`user export --format ldif --with-hashes --out ${cli.path('out.ldif')}`);

    const target = directory();
    target.add(readFileSync(cli.path('out.ldif'), 'utf8'));
    const binds = await server(target);
    for (const user of [...own, ...theirs]) {
      expect(binds(user.username, user.password), user.username).toBe(true);
      expect(binds(user.username, wrongFor(user)), user.username).toBe(false);
    }
    expect(binds('locked', 'Correct-horse-1')).toBe(false);
  },
);
