import { expect, test } from 'vitest';
import {
  bcryptEngine,
  bcryptRaw,
  preferReferenceEngine,
} from '../../../src/hashing/primitives/bcrypt-engine.ts';

const salt = 'abcdefghijklmnopqrstuu';
const passwords = ['', 'password', 'pässwörd', '密码😀', 'x'.repeat(71), 'y'.repeat(72)];

test('both engines give the same digests', async () => {
  const before = (await bcryptEngine()).name;
  const digests = await Promise.all(passwords.map((password) => bcryptRaw(password, salt, 4)));
  preferReferenceEngine();
  expect((await bcryptEngine()).name).toBe('bcryptjs');
  expect(await Promise.all(passwords.map((password) => bcryptRaw(password, salt, 4)))).toEqual(digests);
  expect(before).toMatch(/^(native|bcryptjs)$/);
});
