import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scene } from '../cli/scene.ts';
import {
  addKnown,
  expectLogins,
  has,
  importAll,
  type Known,
  knownUsers,
  output,
  wrongFor,
} from './software.ts';

const methods: Record<string, string[]> = {
  yescrypt: ['-R', '1'],
  'gost-yescrypt': ['-R', '1'],
  scrypt: ['-R', '6'],
  bcrypt: ['-R', '4'],
  'bcrypt-a': ['-R', '4'],
  sha512crypt: ['-R', '1000'],
  sha256crypt: [],
  sunmd5: [],
  md5crypt: [],
  bsdicrypt: [],
  nt: [],
};
const names = Object.keys(methods).flatMap((method) => [1, 2, 3, 4, 5].map((index) => `${method}-${index}`));

/** Beyond ASCII an NT hash means the UTF-8 to crypt(3), and UTF-16 to us as to Windows. */
const known = (seed: number): Known[] => {
  const [plain] = knownUsers(seed, ['plain']);
  return knownUsers(seed, names).map((user) =>
    user.username.startsWith('nt-') ? { ...user, password: `${plain?.password}${user.username}` } : user,
  );
};

/** The lines of /etc/shadow that mkpasswd(1) makes of the users. */
function shadow(users: readonly Known[]): string {
  return users
    .map(({ username, password }) => {
      const method = username.slice(0, username.lastIndexOf('-'));
      const hash = output('mkpasswd', ['-s', '-m', method, ...(methods[method] ?? [])], password);
      return `${username}:${hash}:19700:0:99999:7:::\n`;
    })
    .join('');
}

/** crypt(3) of the system, by way of perl: the hash again when the password is right. */
const crypted = (password: string, hash: string): string =>
  output('perl', ['-e', 'chomp(my $p = <STDIN>); print crypt($p, $ARGV[0]) // ""', hash], password);

test.skipIf(!has('mkpasswd'))('what mkpasswd hashes logs in here', async () => {
  const cli = await scene();
  const users = known(4);
  cli.file(
    'passwd',
    users
      .map(({ username }, index) => `${username}:x:${index + 2000}:100:Kim Doe,,,:/home:/bin/sh\n`)
      .join(''),
  );
  await importAll(cli, cli.file('shadow', shadow(users)), users);

  expect(await cli.user(users[0]?.username ?? '')).toMatchObject({
    firstName: 'Kim',
    lastName: 'Doe',
    status: 'active',
  });
  await expectLogins(cli, users);
});

test.skipIf(!has('mkpasswd') || !has('perl'))('libxcrypt verifies our shadow file', async () => {
  const cli = await scene();
  const own = knownUsers(5, ['mine1', 'mine2', 'mine3', 'mine4', 'mine5', 'mine6']);
  const theirs = known(6);
  await addKnown(cli, own);
  await importAll(cli, cli.file('shadow', shadow(theirs)), theirs);

  await cli.json(`user export --format shadow --with-hashes --out ${cli.path('out')}`);

  const hashes = new Map(
    readFileSync(cli.path('out'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => [line.split(':')[0] ?? '', line.split(':')[1] ?? ''] as const),
  );
  expect(hashes.size).toBe(own.length + theirs.length);
  for (const user of [...own, ...theirs]) {
    const hash = hashes.get(user.username) ?? '';
    expect(crypted(user.password, hash), user.username).toBe(hash);
    expect(crypted(wrongFor(user), hash), user.username).not.toBe(hash);
  }
});
