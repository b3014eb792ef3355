import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { auditPayload } from '../../src/domain/audit-event.ts';
import { auditHash, chainStart } from '../../src/domain/audit-hash.ts';

const caller = { actor: 'op', osUser: 'root', host: 'h1', requestId: '0192d3a0-0000-7000-8000-000000000001' };
const at = new Date('2027-03-01T12:00:00.007Z');

// The design's formula, put together byte by byte: label, NUL, sequence number, previous hash, payload.
function independently(seq: number, previous: string, payload: string): string {
  const number = [7, 6, 5, 4, 3, 2, 1, 0].map((byte) => Math.floor(seq / 256 ** byte) % 256);
  return createHash('sha256')
    .update('authctl-audit-v1', 'ascii')
    .update(Uint8Array.of(0, ...number))
    .update(Buffer.from(previous, 'hex'))
    .update(Buffer.from(payload, 'utf8'))
    .digest('hex');
}

test.each([
  [1, chainStart, '{}'],
  [2, 'ab'.repeat(32), '{"name":"Jürgen 😀"}'],
  [257, 'ff'.repeat(32), ''],
  [4_294_967_296, chainStart, 'x'],
  [Number.MAX_SAFE_INTEGER, '01'.repeat(32), '{"a":1}'],
])('the hash of event %d', (seq, previous, payload) => {
  expect(auditHash(seq, previous, payload)).toBe(independently(seq, previous, payload));
});

test('a known hash', () => {
  // printf 'authctl-audit-v1\0\0\0\0\0\0\0\0\1' > f; head -c 32 /dev/zero >> f; printf '{}' >> f; sha256sum f
  expect(auditHash(1, '0'.repeat(64), '{}')).toBe(
    'abbd39f35b1a068bf022f6e99e986ddc8be57592b6cfa6e0b0c44684b7965338',
  );
});

test.each([
  [2, chainStart, '{"a":1}'],
  [1, `1${chainStart.slice(1)}`, '{"a":1}'],
  [1, chainStart, '{"a":2}'],
])('another number, predecessor or payload gives another hash', (seq, previous, payload) => {
  expect(auditHash(seq, previous, payload)).not.toBe(auditHash(1, chainStart, '{"a":1}'));
});

test('a payload has every field, in this order', () => {
  expect(auditPayload({ action: 'user.add' }, caller, 1, at.toISOString())).toBe(
    '{"at":"2027-03-01T12:00:00.007Z","requestId":"0192d3a0-0000-7000-8000-000000000001","part":1,"actor":"op",' +
      '"osUser":"root","host":"h1","action":"user.add","outcome":"ok","target":null,"detail":{}}',
  );
  const entry = {
    action: 'user.login',
    outcome: 'refused',
    target: 'id',
    detail: { reason: 'locked' },
  } as const;
  expect(JSON.parse(auditPayload(entry, caller, 3, at.toISOString()))).toEqual({
    at: '2027-03-01T12:00:00.007Z',
    ...caller,
    part: 3,
    action: 'user.login',
    outcome: 'refused',
    target: 'id',
    detail: { reason: 'locked' },
  });
});
