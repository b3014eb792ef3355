import { randomBytes } from 'node:crypto';
import { bcryptSha256Key, fitsBcrypt } from './crypt/crypt.ts';
import { argon2Raw, argon2Text } from './kdf/kdf.ts';
import { encodeBcrypt64 } from './primitives/bcrypt-base64.ts';
import { bcryptRaw, bcryptSaltBytes } from './primitives/bcrypt-engine.ts';
import { utf8 } from './primitives/encoding.ts';
import type { IdentifiedHash } from './scheme.ts';

/** How new passwords are hashed. */
export interface HashSettings {
  scheme: 'bcrypt' | 'argon2id';
  /** Base-2 logarithm of bcrypt's rounds. */
  bcryptCost: number;
  /** KiB. */
  argon2Memory: number;
  argon2Passes: number;
  argon2Lanes: number;
}

const argon2SaltBytes = 16;
const argon2DigestBytes = 32;

/** The encoded hash of a password in NFC, with a salt of its own. */
export function newHash(password: string, settings: HashSettings): Promise<string> {
  return settings.scheme === 'argon2id'
    ? newArgon2id(password, settings)
    : newBcrypt(password, settings.bcryptCost);
}

// A password that bcrypt does not read to its end goes through SHA-256 first, so that none of its bytes is ignored.
async function newBcrypt(password: string, cost: number): Promise<string> {
  const salt = encodeBcrypt64(randomBytes(bcryptSaltBytes));
  if (fitsBcrypt(password)) {
    const digest = await bcryptRaw(password, salt, cost);
    return `$2b$${String(cost).padStart(2, '0')}$${salt}${encodeBcrypt64(digest)}`;
  }
  const digest = await bcryptRaw(bcryptSha256Key(password, salt), salt, cost);
  return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${encodeBcrypt64(digest)}`;
}

async function newArgon2id(password: string, settings: HashSettings): Promise<string> {
  const input = {
    type: 'id',
    version: 0x13,
    salt: randomBytes(argon2SaltBytes),
    memoryKiB: settings.argon2Memory,
    passes: settings.argon2Passes,
    lanes: settings.argon2Lanes,
  } as const;
  return argon2Text(
    input,
    await argon2Raw({ ...input, password: utf8(password), length: argon2DigestBytes }),
  );
}

/** Whether a hash of `password` is other than `newHash` would make it today. */
export function isOutdated(
  { scheme, hash }: IdentifiedHash,
  password: string,
  settings: HashSettings,
): boolean {
  const { cost, memoryKiB, passes, lanes, version } = hash.parameters;
  if (settings.scheme === 'argon2id') {
    return (
      scheme.id !== 'argon2id' ||
      version !== 0x13 ||
      memoryKiB !== settings.argon2Memory ||
      passes !== settings.argon2Passes ||
      lanes !== settings.argon2Lanes
    );
  }
  const wanted = fitsBcrypt(password) ? 'bcrypt' : 'bcrypt-sha256';
  return (
    scheme.id !== wanted || cost !== settings.bcryptCost || (scheme.id === 'bcrypt-sha256' && version !== 2)
  );
}
