import { expect, test } from 'vitest';
import { LoginService } from '../../src/services/logins.ts';
import { PolicyService } from '../../src/services/policies.ts';
import { UserDeletionService } from '../../src/services/user-deletions.ts';
import { UserStateService } from '../../src/services/user-states.ts';
import { UserService } from '../../src/services/users.ts';
import { openConnection, openStore } from '../../src/store/index.ts';
import { Migrator } from '../../src/store/migrator.ts';
import { storeLocation } from '../databases/database.ts';

const password = 'Correct-horse-1';

async function services() {
  const now = () => new Date('2027-03-01T12:00:00.000Z');
  const connection = await openConnection(storeLocation(), { create: true, timeoutMs: 1000 });
  await new Migrator(connection, now).up();
  const caller = { actor: 'op', osUser: 'root', host: 'h1' };
  const context = { store: await openStore(connection, caller, now), caller, now };
  await new PolicyService(context).set(['bcryptCost=4']);
  const users = new UserService(context);
  await users.add({ username: 'alice', password: { kind: 'given', password } });
  return {
    users,
    store: context.store,
    states: new UserStateService(context),
    deletions: new UserDeletionService(context),
    policies: new PolicyService(context),
    logins: new LoginService(context),
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
  const { logins, users, reasons, store, policies } = await services();
  // Verifying takes a while, and making the new hash does not.
  await policies.set(['bcryptCost=11']);
  await users.setPassword('alice', { kind: 'given', password }, false);
  await policies.set(['bcryptCost=4']);
  const id = (await store.users.byUsername('alice'))?.id ?? '';
  const underWay = () => store.transaction((tx) => tx.attempts.ofUser(id));

  const begun = logins.login('alice', password);
  while ((await underWay()).length === 0) await new Promise(setImmediate);
  await users.setPassword('alice', { kind: 'given', password: 'Another-horse-2' }, false);

  expect(await begun).toMatchObject({ outcome: 'refused', reason: 'password-changed' });
  expect(await reasons()).toEqual(['password-changed']);
  expect((await store.users.byId(id))?.lockout.consecutiveFailures).toBe(0);
  expect(await logins.login('alice', 'Another-horse-2')).toMatchObject({ outcome: 'ok' });
});

test('a lock that is set while the password is verified holds', async () => {
  const { logins, states, reasons } = await services();
  const begun = logins.login('alice', password);
  await states.lock('alice', 'unlocked', undefined);
  expect(await begun).toMatchObject({ outcome: 'refused' });
  expect(await reasons()).toEqual(['locked']);
});

test('who is deleted while the password is verified is refused, and who is purged leaves nothing', async () => {
  const { logins, deletions, reasons, store, users, policies } = await services();
  // Verifying takes a while.
  await policies.set(['bcryptCost=11']);
  await users.setPassword('alice', { kind: 'given', password }, false);
  const id = (await store.users.byUsername('alice'))?.id ?? '';
  const underWay = () => store.transaction((tx) => tx.attempts.ofUser(id));

  const begun = logins.login('alice', password);
  while ((await underWay()).length === 0) await new Promise(setImmediate);
  await deletions.delete('alice', undefined);
  expect(await begun).toMatchObject({ outcome: 'refused', reason: 'deleted' });

  await deletions.restore('alice');
  const again = logins.login('alice', password);
  while ((await underWay()).length === 0) await new Promise(setImmediate);
  await deletions.delete('alice', undefined);
  await deletions.purge('alice');
  expect(await again).toMatchObject({ outcome: 'refused', reason: 'unknown-user' });
  expect(await reasons()).toEqual(['deleted', 'unknown-user']);
  expect(await underWay()).toEqual([]);
  expect(await store.users.isEmpty()).toBe(true);
});

test('nothing is left of attempts that were settled', async () => {
  const { logins, store } = await services();
  for (const name of ['alice', 'nobody']) await logins.login(name, 'Wrong-password-9');
  const left = await store.transaction(async (tx) => [
    ...(await tx.attempts.ofUser('')),
    ...(await tx.attempts.ofUser((await tx.users.byUsername('alice'))?.id ?? '')),
  ]);
  expect(left).toEqual([]);
});

test('what follows a success commits with it, or the login has never happened', async () => {
  const { logins, store, reasons } = await services();
  const followed = await logins.loginThen('alice', password, async (tx, user, now) => {
    await tx.settings.set('followed', user.id);
    return `${user.username} ${now.toISOString()}`;
  });
  expect(followed).toMatchObject({ outcome: 'ok', followed: 'alice 2027-03-01T12:00:00.000Z' });
  expect(await store.settings.get('followed')).toBe((await store.users.byUsername('alice'))?.id);
  const fails = async () => {
    throw new Error('no room');
  };
  await expect(logins.loginThen('alice', password, fails)).rejects.toThrow('no room');
  expect(await reasons()).toEqual(['ok']);
  expect(await logins.loginThen('alice', 'Wrong-password-9', fails)).toMatchObject({ outcome: 'refused' });
});
