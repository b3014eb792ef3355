import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { newSecret, secretHash } from '../../src/domain/secret.ts';

test.each(['session', 'reset', 'email'] as const)(
  'a %s token is 32 random bytes, of which SHA-256 is kept',
  (kind) => {
    const { token, hash } = newSecret(kind);
    expect(token).toMatch(new RegExp(`^authctl_${kind}_[A-Za-z0-9_-]{43}$`));
    expect(Buffer.from(token.slice(-43), 'base64url')).toHaveLength(32);
    expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(secretHash(kind, token)).toBe(hash);
    expect(newSecret(kind).token).not.toBe(token);
  },
);

const token = `authctl_session_${'a'.repeat(43)}`;

test.each([
  ['', 'nothing'],
  [token.replace('session', 'reset'), 'another kind'],
  [token.slice(0, -1), 'one character less'],
  [`${token}a`, 'one more'],
  [`${token}\n`, 'a line ending'],
  [` ${token}`, 'a space before it'],
  [token.toUpperCase(), 'another case'],
  [`${token.slice(0, -1)}=`, 'a character of another alphabet'],
  [`${token.slice(0, -1)}ä`, 'a letter that is not ASCII'],
])('%j is no token of a session: %s', (text) => {
  expect(secretHash('session', token)).toBeDefined();
  expect(secretHash('session', text)).toBeUndefined();
});
