import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { LoginService } from '../../../src/services/logins/logins.ts';
import { PolicyService } from '../../../src/services/policies.ts';
import { UserDeletionService } from '../../../src/services/users/deletions.ts';
import { UserStateService } from '../../../src/services/users/states.ts';
import { UserService } from '../../../src/services/users/users.ts';
import { openStore } from '../../../src/store/index.ts';
import { openMigrated } from '../../databases/template.ts';

const password = 'Correct-horse-1';
const caller = new Call({ actor: 'op', osUser: 'root', host: 'h1' });

async function services() {
  const now = () => new Date('2027-03-01T12:00:00.000Z');
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

test('who is deleted while the password is verified is refused, and who is purged leaves nothing', async () => {
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

test('nothing is left of attempts that were settled', async () => {
  const { attempts, logins, store } = await services();
  for (const name of ['alice', 'nobody']) await logins.login(name, 'Wrong-password-9');
  expect(await attempts()).toEqual([]);
  expect(await store.transaction(caller, (tx) => tx.attempts.ofUser(''))).toEqual([]);
});

test('what follows a success commits with it, or the login has never happened', async () => {
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
