import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scene } from '../cli/scene.ts';
import {
  addKnown,
  expectLogins,
  hasPython,
  importAll,
  type Known,
  knownUsers,
  python,
  wrongFor,
} from './software.ts';

const scryptToo = `from django.contrib.auth import hashers
print(json.dumps(hasattr(hashers, 'ScryptPasswordHasher')))`;
/** Names of Django's hashers by the names of the users who are hashed with them. */
const hashers = [
  ...['PBKDF2', 'PBKDF2SHA1', 'Argon2', 'BCryptSHA256', 'BCrypt', 'SHA1', 'MD5', 'UnsaltedMD5'],
  // Django has it from 4.0 on.
  ...(hasPython('django') && python<boolean>(scryptToo, null) ? ['Scrypt'] : []),
];
const users = knownUsers(
  8,
  hashers.flatMap((hasher) => [1, 2, 3, 4, 5].map((index) => `${hasher}_${index}`)),
);

/** A Django with its users in memory and all hashers, quick ones. */
const django = `import django
from django.conf import settings
from django.contrib.auth import hashers
hashers.PBKDF2PasswordHasher.iterations = 1000
hashers.PBKDF2SHA1PasswordHasher.iterations = 1000
hashers.BCryptSHA256PasswordHasher.rounds = 4
hashers.Argon2PasswordHasher.time_cost, hashers.Argon2PasswordHasher.memory_cost = 1, 1024
settings.configure(INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes'], USE_TZ=True,
  DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
  DEFAULT_AUTO_FIELD='django.db.models.AutoField',
  PASSWORD_HASHERS=['django.contrib.auth.hashers.%sPasswordHasher' % name for name in ${JSON.stringify(hashers)}])
django.setup()
from django.core.management import call_command
from django.contrib.auth.models import User
call_command('migrate', verbosity=0)
`;

function dumped(): string {
  return JSON.stringify(
    python<unknown>(
      `${django}
import io
algorithm = lambda name: getattr(hashers, name + 'PasswordHasher').algorithm
for user in given:
  hashed = hashers.make_password(user['password'], hasher=algorithm(user['username'].split('_')[0]))
  User.objects.create(username=user['username'], email=user['username'] + '@example.org', password=hashed)
text = io.StringIO()
call_command('dumpdata', 'auth.user', stdout=text)
print(text.getvalue())`,
      users,
    ),
  );
}

test.skipIf(!hasPython('django', 'bcrypt', 'argon2'))('what Django hashes logs in here', async () => {
  const cli = await scene();
  await importAll(cli, cli.file('users.json', dumped()), users, '--hash-format django');
  await expectLogins(cli, users);
});

test.skipIf(!hasPython('django', 'bcrypt', 'argon2'))(
  'Django loads what we export, and its check_password verifies it',
  async () => {
    const cli = await scene();
    const own = knownUsers(9, ['mine1', 'mine2', 'mine3', 'mine4', 'mine5']);
    await addKnown(cli, own);
    await cli.json('policy set scheme=argon2id argon2Memory=1024');
    const argon2 = knownUsers(10, ['other1', 'other2', 'other3', 'other4', 'other5']);
    await addKnown(cli, argon2);
    await importAll(cli, cli.file('users.json', dumped()), users, '--hash-format django');

    const report = await cli.json<{ losses: { field: string; count: number }[] }>(
      `user export --format django --with-hashes --out ${cli.path('out.json')}`,
    );

    // Fast digests stand here in a spelling of our own, which Django does not know.
    const slow = users.filter(({ username }) => !/^(?:SHA1|MD5|UnsaltedMD5)_/.test(username));
    const all = [...own, ...argon2, ...slow];
    const check = (passwordOf: (user: Known) => string): boolean[] =>
      python(
        `${django}
call_command('loaddata', given['file'], verbosity=0)
print(json.dumps([User.objects.get(username=name).check_password(password) for name, password in given['pairs']]))`,
        { file: cli.path('out.json'), pairs: all.map((user) => [user.username, passwordOf(user)]) },
      );
    expect(JSON.parse(readFileSync(cli.path('out.json'), 'utf8'))).toHaveLength(
      own.length + argon2.length + users.length,
    );
    expect(check(({ password }) => password)).toEqual(all.map(() => true));
    expect(check(wrongFor)).toEqual(all.map(() => false));
    const lost = report.losses.filter(({ field }) => field === 'passwordHash').map(({ count }) => count);
    expect(lost.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(users.length - slow.length);
  },
);
