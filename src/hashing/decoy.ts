import { argon2Text } from './kdf/kdf.ts';
import type { HashSettings } from './new-hash.ts';
import { identifyCurrent } from './registry.ts';
import type { ParsedHash } from './scheme.ts';

/**
 * A hash that no password is known for, of the scheme and cost of new passwords: to verify a password against it takes
 * as long as against a current hash, whatever the password is. It stands for the hash that a user does not have.
 */
export function decoyHash(settings: HashSettings): ParsedHash {
  const found = identifyCurrent(settings.scheme === 'bcrypt' ? bcryptDecoy(settings) : argon2Decoy(settings));
  if (!found) throw new Error('the decoy is no hash');
  return found.hash;
}

const bcryptDecoy = ({ bcryptCost }: HashSettings): string =>
  `$2b$${String(bcryptCost).padStart(2, '0')}$${'.'.repeat(53)}`;

function argon2Decoy({ argon2Memory, argon2Passes, argon2Lanes }: HashSettings): string {
  const parameters = { memoryKiB: argon2Memory, passes: argon2Passes, lanes: argon2Lanes };
  return argon2Text({ type: 'id', version: 0x13, salt: Buffer.alloc(16), ...parameters }, Buffer.alloc(32));
}
