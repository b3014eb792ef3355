import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { decideBatch } from '../../../src/services/imports/batch.ts';
import type { HashedCandidate } from '../../../src/services/imports/decisions.ts';
import type { RowOutcome } from '../../../src/services/imports/report.ts';
import { openConnection, openStore } from '../../../src/store/index.ts';
import { testCli } from '../../cli.ts';

test('a password that was not hashed, since its user was there, never comes in as an empty hash', async () => {
  const cli = await testCli();
  const connection = await openConnection(cli.database, { create: false, timeoutMs: 1000 });
  const store = await openStore(connection, () => new Date());
  const caller = new Call({ actor: 'tester', osUser: 'tester', host: 'here' });
  const candidate: HashedCandidate = {
    line: 2,
    user: {
      id: undefined,
      username: 'alice',
      email: null,
      firstName: null,
      lastName: null,
      disabled: false,
      mustChangePassword: false,
      passwordChangedAt: null,
      expiresAt: null,
      createdAt: null,
      lastLoginAt: null,
      own: undefined,
    },
    credential: { kind: 'plain', password: 'Correct-horse-1' },
    weak: false,
    passwordHash: '',
  };
  const rules = {
    map: new Map(),
    onConflict: 'skip',
    updatePasswords: false,
    weakPasswords: 'flag',
    allowNoPassword: false,
    plaintext: false,
    wrapWeak: false,
  } as const;
  const context = { rules, importId: 'import', actor: 'tester', now: new Date() };
  const outcomes: RowOutcome[] = await store.transaction(caller, async (tx) => {
    const decided = await decideBatch(tx, [candidate], new Map(), context);
    await decided.write();
    return decided.outcomes;
  });
  await store.close();
  expect(outcomes).toMatchObject([{ outcome: 'rejected', code: 'changed-meanwhile', username: 'alice' }]);
  expect(await cli.json('user list')).toEqual([]);
});
