import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { type Attempt, LoginService, PasswordAttempts } from '../../../src/services/logins/logins.ts';
import { PolicyService } from '../../../src/services/policies.ts';
import { UserDeletionService } from '../../../src/services/users/deletions.ts';
import { UserStateService } from '../../../src/services/users/states.ts';
import { UserService } from '../../../src/services/users/users.ts';
import { openStore } from '../../../src/store/index.ts';
import { openMigrated } from '../../databases/template.ts';

const password = 'Correct-horse-1';
const caller = new Call({ actor: 'op', osUser: 'root', host: 'h1' });

async function services() {
  let at = new Date('2027-03-01T12:00:00.000Z').getTime();
  const now = () => new Date(at);
  const connection = await openMigrated(now);
  const context = { store: await openStore(connection, now), caller, now };
  const policies = new PolicyService(context);
  await policies.set(['bcryptCost=4']);
  const users = new UserService(context);
  await users.add({ username: 'alice', password: { kind: 'given', password } });
  const logins = new LoginService(context);
  const id = (await context.store.users.byUsername('alice'))?.id ?? '';
  const attempts = () => context.store.transaction(caller, (tx) => tx.attempts.ofUser(id));
  return {
    id,
    users,
    store: context.store,
    states: new UserStateService(context),
    deletions: new UserDeletionService(context),
    policies,
    logins,
    attempts,
    /** Attempts that are reserved and verified, and not settled by themselves. */
    unsettled: new PasswordAttempts(context),
    pass: (ms: number) => {
      at += ms;
    },
    /** Puts a hash in the place of alice's. */
    storeHash: (text: string) =>
      context.store.transaction(caller, async (tx) => {
        const before = await tx.users.byUsername('alice');
        await tx.users.replaceHash(id, before?.passwordHash ?? '', text);
      }),
    /** Gives alice a hash that takes a while to verify. */
    slowHash: async () => {
      await policies.set(['bcryptCost=12']);
      await users.setPassword('alice', { kind: 'given', password }, false);
      await policies.set(['bcryptCost=4']);
    },
    /** A login of alice whose password is being verified. */
    loginUnderWay: async () => {
      const ended = logins.login('alice', password);
      while ((await attempts()).length === 0) await new Promise(setImmediate);
      return { ended };
    },
    reasons: async () =>
      (await context.store.events.page({ action: 'user.login' }, { limit: 1000 })).map(
        (row) => JSON.parse(row.payload).detail.reason ?? 'ok',
      ),
  };
}

test('parallel wrong logins get as many verifications as the threshold, parallel right ones all succeed', async () => {
  const { logins, states, reasons } = await services();
  const right = await Promise.all(Array.from({ length: 12 }, () => logins.login('alice', password)));
  expect(right.every((login) => login.outcome === 'ok')).toBe(true);
  const wrong = await Promise.all(
    Array.from({ length: 12 }, () => logins.login('alice', 'Wrong-password-9')),
  );
  expect(wrong.every((login) => login.outcome === 'refused')).toBe(true);
  const told = (await reasons()).slice(12);
  expect(told.filter((reason) => reason === 'wrong-password')).toHaveLength(5);
  expect(told.filter((reason) => reason === 'locked')).toHaveLength(7);
  await states.unlock('alice');
  expect(await logins.login('alice', password)).toMatchObject({ outcome: 'ok' });
});

test('a login whose password is changed while it is verified is refused and counts no failure', async () => {
  const { id, logins, loginUnderWay, slowHash, users, reasons, store } = await services();
  await slowHash();
  const { ended } = await loginUnderWay();
  await users.setPassword('alice', { kind: 'given', password: 'Another-horse-2' }, false);

  expect(await ended).toMatchObject({ outcome: 'refused', reason: 'password-changed' });
  expect(await reasons()).toEqual(['password-changed']);
  expect((await store.users.byId(id))?.lockout.consecutiveFailures).toBe(0);
  expect(await logins.login('alice', 'Another-horse-2')).toMatchObject({ outcome: 'ok' });
});

test('a lock that is set while the password is verified holds', async () => {
  const { loginUnderWay, slowHash, states, reasons } = await services();
  await slowHash();
  const { ended } = await loginUnderWay();
  await states.lock('alice', 'unlocked', undefined);
  expect(await ended).toMatchObject({ outcome: 'refused' });
  expect(await reasons()).toEqual(['locked']);
});

test('a user who is deleted during the verification is refused, and one who is purged leaves no attempt behind', async () => {
  const { attempts, deletions, loginUnderWay, slowHash, reasons, store } = await services();
  await slowHash();
  const { ended } = await loginUnderWay();
  await deletions.delete('alice', undefined);
  expect(await ended).toMatchObject({ outcome: 'refused', reason: 'deleted' });

  await deletions.restore('alice');
  const again = await loginUnderWay();
  await deletions.delete('alice', undefined);
  await deletions.purge('alice');
  expect(await again.ended).toMatchObject({ outcome: 'refused', reason: 'unknown-user' });
  expect(await reasons()).toEqual(['deleted', 'unknown-user']);
  expect(await attempts()).toEqual([]);
  expect(await store.users.isEmpty()).toBe(true);
});

test('nothing is left of attempts at a user that were settled', async () => {
  const { attempts, logins } = await services();
  await logins.login('alice', 'Wrong-password-9');
  expect(await attempts()).toEqual([]);
});

test('the follow-up of a success commits with the login, or neither does', async () => {
  const { id, logins, store, reasons } = await services();
  const followed = await logins.loginThen('alice', password, async (tx, user, now) => {
    await tx.settings.set('followed', user.id);
    return `${user.username} ${now.toISOString()}`;
  });
  expect(followed).toMatchObject({ outcome: 'ok', followed: 'alice 2027-03-01T12:00:00.000Z' });
  expect(await store.settings.get('followed')).toBe(id);
  const fails = async () => {
    throw new Error('no room');
  };
  await expect(logins.loginThen('alice', password, fails)).rejects.toThrow('no room');
  expect(await reasons()).toEqual(['ok']);
  expect(await logins.loginThen('alice', 'Wrong-password-9', fails)).toMatchObject({ outcome: 'refused' });
});

test.each([
  ['MD5', '$md5$1B2M2Y8AsgTpgAmY7PhCfg=='],
  ['an NT hash', '$3$$31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['{SHA}', '{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk='],
  ['MySQL 3.23, which drops blanks', '$mysql323$5030573512345671'],
  ['bcrypt', '$2b$04$CCCCCCCCCCCCCCCCCCCCC.Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC'],
])('a hash of the empty password by %s logs nobody in', async (_scheme, text) => {
  const { logins, storeHash, reasons } = await services();
  await storeHash(text);
  for (const guess of ['', ' ', '\t', '\u200b', '\0']) {
    expect(await logins.login('alice', guess)).toEqual({ outcome: 'refused', reason: 'wrong-password' });
  }
  expect(await reasons()).toEqual(Array(5).fill('wrong-password'));
});

test('a password longer than 1,024 bytes is refused, though a hash be of it', async () => {
  const { logins, storeHash, attempts } = await services();
  const long = 'a'.repeat(1025);
  await storeHash(`$md5$${createHash('md5').update(long).digest('base64')}`);
  expect(await logins.login('alice', long)).toEqual({ outcome: 'refused', reason: 'wrong-password' });
  expect(await attempts()).toEqual([]);
});

test('a password of 64 KiB costs no more than any other at a hash whose work grows with its square', async () => {
  const { logins, storeHash } = await services();
  await storeHash(`$6$rounds=5000$saltsalt$${'.'.repeat(86)}`);
  const begin = performance.now();
  await logins.login('alice', 'a'.repeat(65_536));
  expect(performance.now() - begin).toBeLessThan(5000);
});

test('a hash that no engine runs is a refused login, with its event, and no attempt stays open', async () => {
  const { logins, storeHash, reasons, attempts } = await services();
  await storeHash('$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$1Q8aOH0ZFi6TjVDdUj8ddQbM4QCrXEIbBhnQcHGOi2M');
  expect(await logins.login('alice', password)).toEqual({ outcome: 'refused', reason: 'unsupported-hash' });
  expect(await reasons()).toEqual(['unsupported-hash']);
  expect(await attempts()).toEqual([]);
});

const longest = 'x'.repeat(80);
/** Hashes of `whole`, which take `typed` as well. */
const ignoring: [scheme: string, hash: string, typed: string, whole: string][] = [
  ['DES', 'WdiQz6nbC.WGQ', 'longpass', 'longpassword-1'],
  ['Django over DES', 'crypt$$WdiQz6nbC.WGQ', 'longpass', 'longpassword-1'],
  ['MySQL 3.23', '$mysql323$5d2e19393cc5ef67', 'password', 'pass word'],
  ['bcrypt', '$2b$04$CCCCCCCCCCCCCCCCCCCCC.ug0A3dTXhy5U.dFjx/qguZ8I4CB77BC', longest.slice(0, 72), longest],
];

test.each(ignoring)(
  'what %s ignored of a password is ignored until a new one is set',
  async (_scheme, hash, typed, whole) => {
    const { logins, storeHash, users, store } = await services();
    await storeHash(hash);

    for (const guess of [typed, whole, typed]) {
      expect(await logins.login('alice', guess)).toMatchObject({ outcome: 'ok' });
      expect((await store.users.byUsername('alice'))?.passwordHash).toMatch(/^\$wrapped\$/);
    }
    expect(await logins.login('alice', `y${typed}`)).toMatchObject({ reason: 'wrong-password' });

    await users.setPassword('alice', { kind: 'given', password: `${password}${longest}` }, false);
    expect(await logins.login('alice', typed)).toMatchObject({ reason: 'wrong-password' });
    expect(await logins.login('alice', `${password}${longest}`)).toMatchObject({ outcome: 'ok' });
    expect((await store.users.byUsername('alice'))?.passwordHash).toMatch(/^\$bcrypt-sha256\$/);
  },
);

test('a password that bcrypt reads to its end is hashed anew as it is', async () => {
  const { logins, storeHash, store } = await services();
  await storeHash('{MD5}X03MO1qnZdYdgyfeuILPmQ==');
  expect(await logins.login('alice', 'password')).toMatchObject({ outcome: 'ok' });
  expect((await store.users.byUsername('alice'))?.passwordHash).toMatch(/^\$2b\$04\$/);
});

const minute = 60_000;

test.each([
  ['a user', 'alice'],
  ['a name that nobody has', 'nobody'],
  ['a disabled user', 'dora'],
  ['a user whom an administrator has locked', 'lena'],
  ['a deleted user', 'dan'],
  ['a user without a password', 'pam'],
  ['a user with a hash that nobody can verify', 'hank'],
])('attempts at %s wait for others, lock, and wait again after the lock', async (_what, name) => {
  const { unsettled, users, states, deletions, policies, pass, store } = await services();
  const given = { kind: 'given', password } as const;
  for (const username of ['dora', 'lena', 'dan', 'hank']) await users.add({ username, password: given });
  const hank = await store.users.byUsername('hank');
  await store.transaction(caller, (tx) =>
    tx.users.replaceHash(hank?.id ?? '', hank?.passwordHash ?? '', '$unknown$'),
  );
  await users.add({ username: 'pam', password: { kind: 'none' } });
  await states.disable('dora');
  await states.lock('lena', 'unlocked', undefined);
  await deletions.delete('dan', undefined);
  const policy = await policies.get();
  const attempt = () => unsettled.verify(name, 'Wrong-password-9', policy);
  const settle = (one: Attempt) =>
    unsettled.settle(one, { action: 'user.login', succeed: async () => Promise.reject(new Error('no')) });
  /** Five attempts fill the room; the sixth waits until one of them is settled, which locks in the end. */
  const guessSixTimes = async () => {
    const five = [];
    for (let count = 0; count < 5; count += 1) five.push(await attempt());
    let isThrough = false;
    const sixth = attempt().then((one) => {
      isThrough = true;
      return one;
    });
    // Each takes longer than the sixth would if it did not wait.
    for (const other of ['other', 'another']) await settle(await unsettled.verify(other, 'x', policy));
    expect(isThrough).toBe(false);
    for (const one of five) expect(await settle(one)).toMatchObject({ outcome: 'refused' });
    expect(await settle(await sixth)).toMatchObject({ outcome: 'refused' });
  };

  await guessSixTimes();

  // Locked: nobody waits any more, since nothing is counted.
  const during = await Promise.all(Array.from({ length: 8 }, attempt));
  for (const one of during) await settle(one);
  pass(16 * minute);
  await guessSixTimes();
});

test('an attempt at an unknown name counts when its program has died', async () => {
  const { unsettled, policies, pass } = await services();
  const policy = await policies.get();
  const attempt = () => unsettled.verify('nobody', 'Wrong-password-9', policy);
  for (let count = 0; count < 5; count += 1) await attempt();
  pass(31_000);
  // All five have failed by now, which locks: a sixth and all further ones are let through at once.
  await Promise.all(Array.from({ length: 8 }, attempt));
});
