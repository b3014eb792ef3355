import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { newId } from '../../../src/domain/id.ts';
import { openLockout } from '../../../src/domain/lockout.ts';
import { BulkChangeService } from '../../../src/services/users/bulk-changes.ts';
import { openConnection, openStore } from '../../../src/store/index.ts';
import { Migrator } from '../../../src/store/schema/migrator.ts';

const at = new Date('2027-03-01T12:00:00.000Z');
const total = 2500;
const never = new AbortController().signal;

async function services() {
  const connection = await openConnection('memory:', { create: true, timeoutMs: 1000 });
  await new Migrator(connection, () => at).up();
  const caller = new Call({ actor: 'op', osUser: 'root', host: 'h1' });
  const store = await openStore(connection, () => at);
  await store.transaction(caller, (tx) =>
    tx.users.insertMany(Array.from({ length: total }, (_, index) => user(index))),
  );
  return {
    store,
    bulk: new BulkChangeService({ store, caller, now: () => at }),
    events: () => store.events.page({ action: 'user.disable' }, { limit: total * 2 }),
  };
}

const user = (index: number) => ({
  id: newId(),
  username: `user${index}`,
  ...{
    email: null,
    emailVerifiedAt: null,
    firstName: null,
    lastName: null,
    passwordHash: null,
    passwordChangedAt: null,
  },
  mustChangePassword: false,
  ...{ disabledAt: null, lockedAt: null, lockout: openLockout, expiresAt: null, lastLoginAt: null },
  ...{ createdAt: at, createdBy: 'op', updatedAt: at, updatedBy: 'op', deletedAt: null, deletedBy: null },
  version: 1,
});

test('all are changed, over pages and batches, each once', async () => {
  const { bulk, store, events } = await services();
  const steps: number[] = [];
  const report = await bulk.disable({
    selection: { status: 'active' },
    signal: never,
    onProgress: ({ changed }) => steps.push(changed),
  });
  expect(report).toEqual({ matched: total, changed: total });
  expect(steps.at(-1)).toBe(total);
  expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other));
  expect(await store.users.count({ status: 'disabled' }, at)).toBe(total);
  const targets = (await events()).map((event) => event.target);
  expect(new Set(targets).size).toBe(total);
  expect(targets).toHaveLength(total);
});

test('an interrupted change says how many users it changed, and continues when it is repeated', async () => {
  const { bulk, store } = await services();
  const interruption = new AbortController();
  let done = 0;
  const begun = bulk.disable({
    selection: { status: 'active' },
    signal: interruption.signal,
    onProgress: ({ changed }) => {
      done = changed;
      if (changed >= 300) interruption.abort();
    },
  });
  await expect(begun).rejects.toMatchObject({
    code: 'interrupted',
    message: expect.stringMatching(/^interrupted after \d+ users were changed$/),
  });
  expect(done).toBeGreaterThanOrEqual(300);
  expect(done).toBeLessThan(total);
  expect(await store.users.count({ status: 'disabled' }, at)).toBe(done);
  await expect(begun).rejects.toMatchObject({ details: { report: { matched: done, changed: done } } });
  expect(await bulk.disable({ selection: { status: 'active' }, signal: never })).toEqual({
    matched: total - done,
    changed: total - done,
  });
});

test('two at once change each user once: the conditions are looked at again under the lock', async () => {
  const { bulk, events } = await services();
  const reports = await Promise.all(
    [1, 2].map(() => bulk.disable({ selection: { status: 'active' }, signal: never })),
  );
  expect(reports.reduce((sum, report) => sum + report.matched, 0)).toBe(total);
  expect(reports.reduce((sum, report) => sum + report.changed, 0)).toBe(total);
  expect(await events()).toHaveLength(total);
});
