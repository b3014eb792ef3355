import { iteratedStrength } from '../primitives/bounds.ts';
import { crypt64Number, decodeDes64, encodeDes64 } from '../primitives/crypt-base64.ts';
import { desEncrypt, desKey } from '../primitives/des-block.ts';
import { type HashScheme, type ParsedHash, readBy } from '../scheme.ts';
import { roundsProblem } from './rounds.ts';

/** Most rounds of BSDi's variant that are run; the format ends at 16 777 215. */
export const bsdiMaxRounds = 10_000_000;
const zeros = new Uint8Array(8);

/** Both schemes ignore the top bit of each byte, and `des-crypt` ignores all bytes after the eighth. */
const takesOthersThan = () => true;

/** Eight bytes of key: seven bits of each password byte from `offset` on, xored into `mask`. */
function keyBytes(password: Uint8Array, offset: number, mask: Uint8Array): Uint8Array {
  return mask.map((byte, i) => byte ^ ((password[offset + i] ?? 0) << 1));
}

/** crypt(3)'s first scheme. It ignores every byte after the eighth, and the top bit of each byte. */
function desCrypt(password: string, salt: string): Uint8Array {
  const key = desKey(keyBytes(Buffer.from(password, 'utf8'), 0, zeros));
  return desEncrypt(key, zeros, 25, crypt64Number(salt));
}

/** BSDi's extension: the key of a long password is folded from all its blocks; rounds can be chosen. */
function bsdiCrypt(password: Uint8Array, rounds: number, salt: number): Uint8Array {
  let bytes = keyBytes(password, 0, zeros);
  for (let offset = 8; offset < password.length; offset += 8) {
    bytes = keyBytes(password, offset, desEncrypt(desKey(bytes), bytes, 1, 0));
  }
  return desEncrypt(desKey(bytes), zeros, rounds, salt);
}

/** Thirteen characters: two of salt, eleven of digest. */
export const desCryptScheme: HashScheme = {
  id: 'des-crypt',
  title: 'DES crypt(3)',
  parse: (text) => parseDes(text, ''),
};

function parseDes(text: string, prefix: string): ParsedHash | undefined {
  const match = /^([./0-9A-Za-z]{2})([./0-9A-Za-z]{11})$/.exec(text);
  const salt = match?.[1];
  const ownDigest = decodeDes64(match?.[2] ?? '');
  if (salt === undefined || !ownDigest) return undefined;
  return {
    parameters: { rounds: 25 },
    strength: 'fast',
    digest: ownDigest,
    compute: (password) => desCrypt(password, salt),
    text: (digest = ownDigest) => prefix + salt + encodeDes64(digest),
    takesOthersThan,
    textFor: (reader) => (reader === 'crypt' ? salt + encodeDes64(ownDigest) : undefined),
  };
}

/** Twenty characters: `_`, four of rounds, four of salt, eleven of digest. */
export const bsdiCryptScheme: HashScheme = {
  id: 'bsdi-crypt',
  title: 'BSDi extended DES (_)',
  parse(text) {
    const match = /^_([./0-9A-Za-z]{4})([./0-9A-Za-z]{4})([./0-9A-Za-z]{11})$/.exec(text);
    const ownDigest = decodeDes64(match?.[3] ?? '');
    if (!match || !ownDigest) return undefined;
    const rounds = crypt64Number(match[1] ?? '');
    const salt = crypt64Number(match[2] ?? '');
    const problem = roundsProblem('BSDi crypt', rounds, bsdiMaxRounds);
    return readBy(
      {
        parameters: { rounds },
        strength: iteratedStrength(rounds, match[2] ?? ''),
        ...(problem && { problem }),
        blocks: rounds > 50_000,
        digest: ownDigest,
        compute: (password) => bsdiCrypt(Buffer.from(password, 'utf8'), rounds, salt),
        text: (digest = ownDigest) => `_${match[1]}${match[2]}${encodeDes64(digest)}`,
        takesOthersThan,
      },
      'crypt',
    );
  },
};

/**
 * Django's CryptPasswordHasher, `crypt$salt$hash`. The hash begins with the salt, so Django leaves the field before it
 * empty today. https://docs.djangoproject.com/en/2.2/topics/auth/passwords/
 */
export const djangoCryptScheme: HashScheme = {
  id: 'django-crypt',
  title: 'Django crypt (DES)',
  parse(text) {
    const match = /^(crypt\$([./0-9A-Za-z]{0,64})\$)([./0-9A-Za-z]{13})$/.exec(text);
    const [, prefix = '', salt = '', hash = ''] = match ?? [];
    if (salt !== '' && salt.slice(0, 2) !== hash.slice(0, 2)) return undefined;
    return match ? parseDes(hash, prefix) : undefined;
  },
};
