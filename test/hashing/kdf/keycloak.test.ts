import { expect, test } from 'vitest';
import { keycloakScheme } from '../../../src/hashing/kdf/keycloak.ts';
import vectors from '../../fixtures/hashes-kdf.json' with { type: 'json' };

const text = vectors.find(({ format }) => format === 'Keycloak argon2')?.hash ?? '';

/** The same JSON with every object's keys the other way round, at every depth, strings of JSON included. */
function reversed(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('{')) return JSON.stringify(reversed(JSON.parse(value)));
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value).map(([key, inner]) => [key, reversed(inner)]);
  return Object.fromEntries(entries.reverse());
}

test('the order of keys, blanks and other keys are no matter', () => {
  const canonical = keycloakScheme.parse(text)?.text();
  const other = ` ${JSON.stringify(reversed({ ...JSON.parse(text), id: 'x', userLabel: 'mine' }), null, 2)}\n`;

  expect(other).not.toBe(text);
  expect(canonical).toBe(text);
  expect(keycloakScheme.parse(other)?.text()).toBe(canonical);
});

test('the inner JSON may be objects', () => {
  const { secretData, credentialData, ...rest } = JSON.parse(text);
  const flat = { ...rest, secretData: JSON.parse(secretData), credentialData: JSON.parse(credentialData) };

  expect(keycloakScheme.parse(JSON.stringify(flat))?.text()).toBe(text);
});

test.each([
  ['a one-time-password credential', text.replace('"password"', '"otp"')],
  ['an unknown algorithm', text.replace('argon2', 'bcrypt')],
  ['a digest of another length than it says', text.replace('[\\"32\\"]', '[\\"33\\"]')],
  ['iterations that are no number', text.replace('"hashIterations\\":5', '"hashIterations\\":\\"5\\"')],
  ['JSON that ends early', text.slice(0, -1)],
  ['deeply nested JSON', `{"a":${'['.repeat(60_000)}`],
  ['inner JSON that is null', '{"secretData":"null","credentialData":"null"}'],
])('%s is not taken', (_name, other) => {
  expect(other).not.toBe(text);
  expect(keycloakScheme.parse(other)).toBeUndefined();
});
