import { expect, test } from 'vitest';
import { Call } from '../../../src/domain/call.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';
import { HashPool } from '../../../src/hashing/index.ts';
import type { Candidate, Credential } from '../../../src/services/imports/candidate.ts';
import { BatchHasher } from '../../../src/services/imports/hashing.ts';
import type { ImportRequest, RowOutcome } from '../../../src/services/imports/imports.ts';
import { BatchWriter, outcomeOfRow } from '../../../src/services/imports/writing.ts';
import { openConnection, openStore } from '../../../src/store/index.ts';
import { testCli } from '../../cli.ts';

const candidateWith = (credential: Credential): Candidate => ({
  line: 2,
  position: undefined,
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
  credential,
  weak: false,
});

const request: ImportRequest = {
  source: '-',
  stdin: () => process.stdin,
  map: new Map(),
  onConflict: 'skip',
  updatePasswords: false,
  weakPasswords: 'flag',
  allowNoPassword: false,
  plaintext: false,
  wrapWeak: true,
  dryRun: false,
  resume: false,
  batch: 10_000,
  signal: new AbortController().signal,
  note: async () => {},
  warn: async () => {},
};

test.each<[string, Credential]>([
  ['a password', { kind: 'plain', password: 'Correct-horse-1' }],
  ['a fast hash', { kind: 'encoded', text: 'ab'.repeat(16), scheme: 'md5', strength: 'fast' }],
])('%s that was not hashed, since its user was there, never comes in unhashed', async (_, credential) => {
  const cli = await testCli();
  await cli.json('user add alice --no-password');
  const connection = await openConnection(cli.database, { create: false, timeoutMs: 1000 });
  const caller = new Call({ actor: 'tester', osUser: 'tester', host: 'here' });
  const now = () => new Date();
  const store = await openStore(connection, now);
  const pool = new HashPool('/nowhere/no-hash-is-wanted.cjs', 1);
  const hasher = new BatchHasher({ context: { store, caller, now }, request, policy: defaultPolicy, pool });

  const batch = await hasher.begin([{ row: candidateWith(credential), end: 1 }]);
  const [alice] = await store.users.byKeys(['alice']);
  await store.transaction(caller, (tx) => tx.users.delete(String(alice?.id)));
  const rows = await batch.rows;
  const context = { rules: request, importId: 'import', actor: 'tester', now: now() };
  const outcomes: RowOutcome[] = await store.transaction(caller, async (tx) => {
    const writer = await BatchWriter.begin(tx, context, { kind: 'unknown' });
    const decided = await writer.decide(rows);
    await writer.write(decided);
    await writer.end();
    return decided.map((row) => outcomeOfRow(row, context.now));
  });

  await store.close();
  expect(outcomes).toMatchObject([{ outcome: 'rejected', code: 'changed-meanwhile', username: 'alice' }]);
  expect(await cli.json('user list')).toEqual([]);
});
