import { timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fbscryptScheme, firebaseHash } from '../../../src/hashing/kdf/firebase.ts';
import { parseFirebaseParameters } from '../../../src/hashing/kdf/firebase-parameters.ts';

// The test vector in the README of https://github.com/firebase/scrypt.
const password = 'user1password';
const user = {
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
};
const parameters = {
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memCost: 14,
};
const keys = {
  algorithm: 'SCRYPT',
  base64_signer_key: parameters.signerKey,
  base64_salt_separator: parameters.saltSeparator,
  rounds: parameters.rounds,
  mem_cost: parameters.memCost,
};

async function verifies(text: string, guess: string) {
  const hash = fbscryptScheme.parse(text);
  return hash !== undefined && timingSafeEqual(await hash.compute(guess), hash.digest);
}

test('a row of an export with its project’s parameters gives a hash that verifies', async () => {
  const text = firebaseHash({ ...user, ...parameters });

  expect(await verifies(text, password)).toBe(true);
  expect(await verifies(text, 'user2password')).toBe(false);
});

test('base64url, with padding or without, gives the same hash', () => {
  const url = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const text = firebaseHash({
    ...parameters,
    hash: url(user.hash),
    salt: url(user.salt),
    signerKey: url(parameters.signerKey),
  });

  expect(fbscryptScheme.parse(text)?.text()).toBe(firebaseHash({ ...user, ...parameters }));
});

test('a project without salt separator is spelled without', () => {
  const hash = fbscryptScheme.parse(firebaseHash({ ...user, ...parameters, saltSeparator: '' }));

  expect(hash?.text()).not.toContain('ss=');
  expect(hash?.problem).toBeUndefined();
});

test('fields that are no base64 give a text that nothing recognises', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('hash', 'salt', 'signerKey'), (text, name) => {
      const hash = fbscryptScheme.parse(firebaseHash({ ...user, ...parameters, [name]: `${text}$` }));
      expect(hash).toBeUndefined();
    }),
  );
});

test.each([
  ['JSON', JSON.stringify({ hash_config: keys })],
  ['JSON without the outer object', JSON.stringify(keys, null, 2)],
  [
    'JSON of the REST API',
    JSON.stringify({
      hashConfig: {
        algorithm: 'SCRYPT',
        signerKey: parameters.signerKey,
        saltSeparator: parameters.saltSeparator,
        rounds: 8,
        memoryCost: 14,
      },
    }),
  ],
  [
    'the console’s text',
    `hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: ${parameters.signerKey},\n` +
      '  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n',
  ],
  [
    'the console’s text with Windows line ends and no commas',
    `hash_config {\r\nalgorithm: SCRYPT\r\nbase64_signer_key: "${parameters.signerKey}"\r\n` +
      'base64_salt_separator: Bw==\r\nrounds: 8\r\nmem_cost: 14\r\n}',
  ],
])('parameters are read from %s', (_name, text) => {
  expect(parseFirebaseParameters(text)).toEqual({ parameters });
});

test.each([
  ['', 'the Firebase parameters have no valid base64_signer_key'],
  [
    JSON.stringify({ ...keys, algorithm: 'BCRYPT' }),
    'the Firebase parameters name another algorithm than SCRYPT',
  ],
  [
    JSON.stringify({ ...keys, base64_signer_key: '?' }),
    'the Firebase parameters have no valid base64_signer_key',
  ],
  [
    JSON.stringify({ ...keys, base64_salt_separator: '?' }),
    'the Firebase parameters have no valid base64_salt_separator',
  ],
  [JSON.stringify({ ...keys, rounds: 0 }), 'the Firebase parameters have no valid rounds'],
  [JSON.stringify({ ...keys, mem_cost: '14.5' }), 'the Firebase parameters have no valid mem_cost'],
])('parameters %j are refused', (text, problem) => {
  expect(parseFirebaseParameters(text)).toEqual({ problem });
});

test('no text makes the parameters’ parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(parseFirebaseParameters(text)).toHaveProperty('problem');
    }),
  );
});
