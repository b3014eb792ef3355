import { decodeCrypt64, encodeCrypt64 } from '../primitives/crypt-base64.ts';
import { leastWork } from '../primitives/scrypt.ts';
import { hmacStreebog256, streebog256 } from '../primitives/streebog.ts';
import { yescryptKdf } from '../primitives/yescrypt-kdf.ts';
import { type HashScheme, readBy, type Strength } from '../scheme.ts';
import { parseYescryptSetting, yescryptProblem } from './yescrypt-params.ts';

/** Memory of libxcrypt's default cost: 16 MiB. */
const goodBytes = 16 * 2 ** 20;
const maxSaltBytes = 64;

function yescryptStrength(work: number, salt: Uint8Array): Strength {
  if (salt.length === 0 || work < leastWork) return 'fast';
  return 128 * work >= goodBytes ? 'good' : 'weak';
}

/** What turns yescrypt's digest into the one stored; `setting` is the hash up to its last `$`. */
type Finish = (digest: Uint8Array, password: Uint8Array, setting: string) => Uint8Array;

function yescryptScheme(id: string, title: string, prefix: string, finish: Finish): HashScheme {
  return {
    id,
    title,
    parse(text) {
      if (!text.startsWith(prefix)) return undefined;
      const match = /^([./0-9A-Za-z]{3,48})\$([./0-9A-Za-z]{0,86})\$([./0-9A-Za-z]{43})$/.exec(
        text.slice(prefix.length),
      );
      const cost = parseYescryptSetting(match?.[1] ?? '');
      const salt = decodeCrypt64(match?.[2] ?? '');
      const ownDigest = decodeCrypt64(match?.[3] ?? '');
      if (!match || !cost || !salt || salt.length > maxSaltBytes || !ownDigest) return undefined;
      const { mode = 'rw', logN, r, p, t } = cost;
      const n = 2 ** logN;
      const problem = yescryptProblem(cost);
      const setting = `${prefix}${match[1]}$${match[2]}`;
      return readBy(
        {
          parameters: { N: n, r, p, t },
          strength: yescryptStrength(n * r, salt),
          ...(problem && { problem }),
          blocks: true,
          digest: ownDigest,
          compute(password) {
            const bytes = Buffer.from(password, 'utf8');
            return finish(yescryptKdf(bytes, salt, { mode, n, r, p, t }), bytes, setting);
          },
          text: (digest = ownDigest) => `${setting}$${encodeCrypt64(digest)}`,
        },
        'crypt',
      );
    },
  };
}

/** `$y$`, the default of most Linux distributions today: https://www.openwall.com/yescrypt/ */
export const yescryptCryptScheme = yescryptScheme('yescrypt', 'yescrypt ($y$)', '$y$', (digest) => digest);

/**
 * `$gy$`, libxcrypt's yescrypt wrapped in HMACs with the GOST R 34.11-2012 hash (ALT Linux):
 * https://github.com/besser82/libxcrypt, lib/crypt-gost-yescrypt.c
 */
export const gostYescryptScheme = yescryptScheme(
  'gost-yescrypt',
  'GOST yescrypt ($gy$)',
  '$gy$',
  (digest, password, setting) =>
    hmacStreebog256(hmacStreebog256(streebog256(password), Buffer.from(setting)), digest),
);
