import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { OwnPasswordService } from '../../../src/services/passwords/own-passwords.ts';
import { PolicyService } from '../../../src/services/policies.ts';
import { UserStateService } from '../../../src/services/users/states.ts';
import { UserService } from '../../../src/services/users/users.ts';
import { openConnection, openStore } from '../../../src/store/index.ts';
import { Migrator } from '../../../src/store/schema/migrator.ts';

const [first, second, third] = ['Correct-horse-1', 'Second-horse-2', 'Third-horse-3'];
const given = (password: string) => ({ kind: 'given', password }) as const;

async function services(...rules: string[]) {
  const now = () => new Date('2027-03-01T12:00:00.000Z');
  const connection = await openConnection('memory:', { create: true, timeoutMs: 1000 });
  await new Migrator(connection, now).up();
  const caller = new Call({ actor: 'op', osUser: 'root', host: 'h1' });
  const context = { store: await openStore(connection, now), caller, now };
  const policies = new PolicyService(context);
  const users = new UserService(context);
  // Verifying takes a while, and making new hashes does not.
  await policies.set(['bcryptCost=12']);
  await users.add({ username: 'alice', password: given(first) });
  await policies.set(['bcryptCost=4', ...rules]);
  const { store } = context;
  const { id = '' } = (await store.users.byUsername('alice')) ?? {};
  return {
    ...{ users, store },
    own: new OwnPasswordService(context),
    states: new UserStateService(context),
    alice: () => store.users.byId(id),
    /** Ends when an attempt at a password is under way. */
    underWay: async () => {
      while ((await store.transaction(caller, (tx) => tx.attempts.ofUser(id))).length === 0) {
        await new Promise(setImmediate);
      }
    },
    attempts: () => store.transaction(caller, (tx) => tx.attempts.ofUser(id)),
    events: async () =>
      (await store.events.page({ action: 'user.passwd' }, { limit: 100 })).map(
        (row) => JSON.parse(row.payload).detail,
      ),
  };
}

test('an own change that races with another one does not win, and counts no failure', async () => {
  const { own, users, alice, underWay, attempts, events } = await services();
  const begun = own.change('alice', first, given(second));
  await underWay();
  await users.setPassword('alice', given(third), false);
  const replaced = await alice();
  expect(await begun).toEqual({ outcome: 'refused', reason: 'password-changed' });
  expect(await alice()).toEqual(replaced);
  expect(await attempts()).toEqual([]);
  expect(await events()).toMatchObject([
    { fields: ['password'] },
    { self: true, reason: 'password-changed' },
  ]);
});

test('a lock that is set while the old password is verified holds', async () => {
  const { own, states, alice, underWay } = await services();
  const begun = own.change('alice', first, given(second));
  await underWay();
  await states.lock('alice', 'unlocked', undefined);
  const locked = await alice();
  expect(await begun).toEqual({ outcome: 'refused', reason: 'locked' });
  expect(await alice()).toEqual(locked);
});

test('a user who is renamed meanwhile gets an error, since the new password was checked against the old name', async () => {
  const { own, users, alice, underWay, attempts } = await services();
  const begun = own.change('alice', first, given('Carol-horse-1'));
  await underWay();
  await users.set('alice', { username: 'carol' });
  await expect(begun).rejects.toMatchObject({ code: 'changed-meanwhile' });
  expect((await alice())?.version).toBe(2);
  expect(await attempts()).toEqual([]);
});

test('with a password history, the second of two simultaneous changes by operators is refused', async () => {
  const { users, alice } = await services('passwordHistory=3');
  const changes = await Promise.allSettled(
    [second, third].map((password) => users.setPassword('alice', given(password), false)),
  );
  expect(changes.map((change) => change.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(changes.find((change) => change.status === 'rejected')).toMatchObject({
    reason: { code: 'changed-meanwhile' },
  });
  expect((await alice())?.version).toBe(2);
});
