import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { PolicyService } from '../../../src/services/policies.ts';
import { SessionService } from '../../../src/services/sessions/sessions.ts';
import { ResetService } from '../../../src/services/tokens/resets.ts';
import { UserStateService } from '../../../src/services/users/states.ts';
import { UserService } from '../../../src/services/users/users.ts';
import { openStore } from '../../../src/store/index.ts';
import { openMigrated } from '../../databases/template.ts';

const password = 'Correct-horse-1';
const minute = 60_000;
const caller = new Call({ actor: 'op', osUser: 'root', host: 'h1' });

async function services() {
  let time = Date.parse('2027-03-01T12:00:00.000Z');
  const now = () => new Date(time);
  const connection = await openMigrated(now);
  const context = { store: await openStore(connection, now), caller, now };
  const policies = new PolicyService(context);
  await policies.set(['bcryptCost=4']);
  const users = new UserService(context);
  await users.add({ username: 'alice', password: { kind: 'given', password } });
  const sessions = new SessionService(context);
  return {
    ...{ users, policies, sessions, store: context.store },
    states: new UserStateService(context),
    resets: new ResetService(context),
    pass: (ms: number) => {
      time += ms;
    },
    open: async () => {
      const login = await sessions.login('alice', password);
      if (login.outcome !== 'ok' || !login.followed) throw new Error('no session');
      return login.followed;
    },
    listed: async () => {
      const ids: string[] = [];
      for await (const page of sessions.list(undefined)) ids.push(...page.map(({ session }) => session.id));
      return ids;
    },
  };
}

const refusedSession = { code: 'session-refused', message: 'session refused' };

test.each(['setPassword', 'redeem'] as const)(
  'a login whose password is changed by %s while it is verified leaves no session',
  async (way) => {
    const { users, policies, sessions, resets, store, listed } = await services();
    // Verifying takes a while, and making the new hash does not.
    await policies.set(['bcryptCost=12']);
    await users.setPassword('alice', { kind: 'given', password }, false);
    await policies.set(['bcryptCost=4']);
    const { token } = await resets.issue('alice', undefined);
    const id = (await store.users.byUsername('alice'))?.id ?? '';
    const underWay = () => store.transaction(caller, (tx) => tx.attempts.ofUser(id));

    const begun = sessions.login('alice', password);
    while ((await underWay()).length === 0) await new Promise(setImmediate);
    if (way === 'redeem') await resets.redeem(token, 'Another-horse-2');
    else await users.setPassword('alice', { kind: 'given', password: 'Another-horse-2' }, false);

    expect(await begun).toMatchObject({ outcome: 'refused', reason: 'password-changed' });
    expect(await listed()).toEqual([]);
  },
);

test('a use that is written late brings no session back, and no time goes back', async () => {
  const { sessions, store, open, pass, listed } = await services();
  const { session, token } = await open();
  const at = (minutes: number) => new Date(session.createdAt.getTime() + minutes * minute);
  const used = (minutes: number) => ({
    ...session,
    lastUsedAt: at(minutes),
    idleExpiresAt: at(minutes + 30),
  });

  await store.sessions.slide(used(20));
  await store.sessions.slide(used(10));
  pass(20 * minute);
  expect((await sessions.verify(token)).session).toEqual(used(20));

  await sessions.revoke(session.id);
  await store.sessions.slide(used(25));
  await expect(sessions.verify(token)).rejects.toMatchObject(refusedSession);
  expect(await listed()).toEqual([]);
});

test('a session is refused whatever has become of its user behind its back', async () => {
  const { sessions, store, open } = await services();
  const { token } = await open();
  const user = await store.users.byUsername('alice');
  if (!user) throw new Error('no alice');
  // As a restored backup or another program may leave it: nothing has deleted the session.
  await store.transaction(caller, (tx) =>
    tx.users.update({ ...user, disabledAt: new Date(0), version: 2 }, 1),
  );
  await expect(sessions.verify(token)).rejects.toMatchObject(refusedSession);
});

test('pruning goes on until nothing is left that has expired', async () => {
  const { sessions, store, open, pass, listed } = await services();
  const { session } = await open();
  await store.transaction(caller, async (tx) => {
    for (let index = 0; index < 2500; index += 1) {
      const id = `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;
      await tx.sessions.insert({ ...session, id }, `hash-${index}`);
    }
  });
  expect(await listed()).toHaveLength(2501);
  pass(31 * minute);
  const { session: last } = await open();
  expect(await sessions.prune()).toBe(2501);
  expect(await listed()).toEqual([last.id]);
  const events = await store.events.page({ action: 'session.prune' }, { limit: 10 });
  expect(events.map(({ payload }) => JSON.parse(payload).detail.count)).toEqual([1000, 1000, 501]);
});

test('of parallel redemptions in one process one wins', async () => {
  const { resets } = await services();
  const { token } = await resets.issue('alice', undefined);
  const ended = await Promise.allSettled(
    Array.from({ length: 16 }, (_, index) => resets.redeem(token, `Correct-horse-${index + 10}`)),
  );
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of ended) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'token-refused' });
  }
});
