import { expect, test } from 'vitest';
import { decoyHash, identify, newHash, type ParsedHash, verify } from '../../src/hashing/index.ts';

const composed = 'J\u00fcrgen-12345';
const decomposed = 'Ju\u0308rgen-12345';

/** A hash of `right`, and the passwords that were hashed to verify others against it. */
function counted(right: string): { hash: ParsedHash; computed: string[] } {
  const computed: string[] = [];
  const bytes = (text: string) => Buffer.from(text, 'utf8');
  const compute = (password: string) => {
    computed.push(password);
    return bytes(password);
  };
  return {
    hash: { parameters: {}, strength: 'good', digest: bytes(right), compute, text: () => '' },
    computed,
  };
}

test.each([
  ['the right one', 'Correct-horse-1', 'Correct-horse-1', 'right', 1],
  ['a wrong one', 'Correct-horse-1', 'Wrong-password-9', 'wrong', 1],
  ['the right one, decomposed as in the hash', decomposed, decomposed, 'right', 2],
  ['the right one, composed in the hash', composed, decomposed, 'right', 2],
  ['a wrong one, decomposed', 'Correct-horse-1', decomposed, 'wrong', 2],
  ['a wrong one, composed', 'Correct-horse-1', composed, 'wrong', 1],
  ['an empty one', '', '', 'wrong', 1],
  ['one that is too long', 'x'.repeat(1025), 'x'.repeat(1025), 'wrong', 1],
])(
  'whether a password is right or wrong cannot be told by the work: %s',
  async (_what, right, password, outcome, hashes) => {
    const { hash, computed } = counted(right);
    expect(await verify(hash, password)).toBe(outcome);
    expect(computed).toHaveLength(hashes);
  },
);

test.each([
  ['bcrypt', { scheme: 'bcrypt', bcryptCost: 5 }],
  ['argon2id', { scheme: 'argon2id', argon2Memory: 64, argon2Passes: 2, argon2Lanes: 1 }],
] as const)(
  'the decoy costs what a current hash of %s costs, and no password opens it',
  async (_scheme, changes) => {
    const settings = { bcryptCost: 4, argon2Memory: 64, argon2Passes: 1, argon2Lanes: 1, ...changes };
    const decoy = decoyHash(settings);
    const current = await identify(await newHash('Correct-horse-1', settings));
    expect(decoy.parameters).toEqual(current?.hash.parameters);
    expect(decoy.strength).toBe(current?.hash.strength);
    expect(decoy.digest).toHaveLength(current?.hash.digest.length ?? 0);
    for (const password of ['Correct-horse-1', '', decomposed])
      expect(await verify(decoy, password)).toBe('wrong');
  },
);
