import { expect, onTestFinished, test } from 'vitest';
import { composeApp } from '../../src/compose.ts';
import { newId } from '../../src/domain/id.ts';
import type { ShownEvent } from '../../src/services/audit/audit.ts';
import type { Services } from '../../src/services/services.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { storeLocation } from '../databases/database.ts';

const callers = {
  web: { actor: 'alice', osUser: 'www', host: 'web-1', requestId: newId(), via: 'http' },
  job: { actor: 'nightly', osUser: 'cron', host: 'jobs-2', requestId: newId() },
};

/** One open database with quick hashes, for callers of this process. */
async function oneDatabase(): Promise<Services> {
  const settings = await readSettings({ database: storeLocation() }, {}, 'tester');
  const services = composeApp(settings, { osUser: 'tester', cores: 2, now: () => new Date() });
  onTestFinished(() => services.close());
  await (await services.migrations({ create: true })).up();
  await (await services.policies()).set(['bcryptCost=4']);
  return services;
}

async function eventsOf(services: Services): Promise<ShownEvent[]> {
  const events: ShownEvent[] = [];
  for await (const page of (await services.audit()).show({})) events.push(...page);
  return events;
}

/** Adds users and logs one in and out of turn: several transactions each, one after the other. */
async function work(services: Services, prefix: string): Promise<void> {
  const [users, logins] = [await services.users(), await services.logins()];
  for (const number of [1, 2, 3, 4, 5]) {
    const username = `${prefix}${number}`;
    await users.add({ username, password: { kind: 'given', password: 'Correct-horse-1' } });
    await logins.login(username, 'Correct-horse-1');
    await logins.login(username, 'Wrong-guess-1');
  }
}

test('two callers at once leave events with their own names and request ids', async () => {
  const services = await oneDatabase();
  const [web, job] = [services.as(callers.web), services.as(callers.job)];
  await Promise.all([work(web, 'web'), work(job, 'job')]);

  const events = (await eventsOf(services)).slice(1);
  for (const [prefix, caller] of Object.entries(callers)) {
    const own = events.filter(({ targetName }) => targetName?.startsWith(prefix));
    expect(own.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      Array.from({ length: 5 }, () => ['user.add ok', 'user.login ok', 'user.login refused']).flat(),
    );
    for (const event of own) expect(event).toMatchObject(caller);
    // An added user is one transaction; a login reserves in one and settles in another.
    expect(own.map(({ part }) => part)).toEqual(
      [0, 5, 10, 15, 20].flatMap((before) => [before + 1, before + 3, before + 5]),
    );
    const [user] = [await (await services.users()).show(`${prefix}1`)];
    expect(user).toMatchObject({ createdBy: caller.actor, updatedBy: caller.actor });
  }
  expect(events.filter(({ actor }) => actor === 'nightly').every((event) => !('via' in event))).toBe(true);
  const turns = events.filter(({ actor }, index) => index > 0 && actor !== events[index - 1]?.actor);
  expect(turns.length).toBeGreaterThan(2);
  expect(await (await services.audit()).verify()).toMatchObject({ events: 31 });
});

test('each call has a request id of its own, and numbers its transactions from 1', async () => {
  const services = await oneDatabase();
  const caller = { actor: 'alice', osUser: 'www', host: 'web-1' };
  for (const username of ['anna', 'bert']) {
    const users = await services.as(caller).users();
    await users.add({ username, password: { kind: 'none' } });
    await users.set(username, { firstName: 'B.' });
  }
  const events = (await eventsOf(services)).slice(1);
  expect(events.map(({ part }) => part)).toEqual([1, 2, 1, 2]);
  expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(2);
});

test('a caller whose database did not exist can ask again once it does', async () => {
  const settings = await readSettings({ database: storeLocation() }, {}, 'tester');
  const services = composeApp(settings, { osUser: 'tester', cores: 2, now: () => new Date() });
  onTestFinished(() => services.close());
  const refusal = await services.users().catch((error: unknown) => services.explain(error) ?? error);
  expect(refusal).toMatchObject({ code: 'database-missing' });
  await (await services.migrations({ create: true })).up();
  expect(await (await services.users()).count({})).toBe(0);
});
