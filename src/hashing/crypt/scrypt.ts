import { scrypt, scryptSync } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { crypt64Number, decodeCrypt64, encodeCrypt64 } from '../primitives/crypt-base64.ts';
import { leastWork } from '../primitives/scrypt.ts';
import { yescryptKdf } from '../primitives/yescrypt-kdf.ts';
import { type HashScheme, readBy, type Strength } from '../scheme.ts';
import { scryptProblem } from './yescrypt-params.ts';

const digestBytes = 32;
/** Memory times parallelism: OWASP's settings for scrypt and libxcrypt's default have at least 64 MiB. */
const goodBytes = 64 * 2 ** 20;

/** OpenSSL insists on the RFC's N < 2^(16 r), libxcrypt does not. */
const isYescryptsOwn = (n: number, r: number) => 16 * r <= Math.log2(n);

/** scrypt (RFC 7914) of 32 bytes. */
function runScrypt(
  password: Uint8Array,
  salt: Uint8Array,
  n: number,
  r: number,
  p: number,
): Uint8Array | Promise<Uint8Array> {
  if (isYescryptsOwn(n, r)) return yescryptKdf(password, salt, { mode: 'classic', n, r, p, t: 0 });
  const options = { N: n, r, p, maxmem: 128 * r * (n + p + 2) + 2 ** 20 };
  // A worker is a core of its own and blocks; the main thread leaves the work to libuv's pool.
  if (!isMainThread) return new Uint8Array(scryptSync(password, salt, digestBytes, options));
  return new Promise((resolve, reject) => {
    scrypt(password, salt, digestBytes, options, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}

/**
 * `$7$`: one character of log2 N, five each of r and p, the salt as text, the digest. Written by libxcrypt
 * and by libsodium's `crypto_pwhash_scryptsalsa208sha256_str`.
 */
export const scryptCryptScheme: HashScheme = {
  id: 'scrypt-crypt',
  title: 'scrypt ($7$)',
  parse(text) {
    const match =
      /^(\$7\$([./0-9A-Za-z])([./0-9A-Za-z]{5})([./0-9A-Za-z]{5})([./0-9A-Za-z$]{0,255}))\$([./0-9A-Za-z]{43})$/.exec(
        text,
      );
    const [, setting = '', logNText = '', rText = '', pText = '', salt = '', digestText = ''] = match ?? [];
    const ownDigest = decodeCrypt64(digestText);
    if (!match || !ownDigest) return undefined;
    const logN = crypt64Number(logNText);
    const [n, r, p] = [2 ** logN, crypt64Number(rText), crypt64Number(pText)];
    const problem = scryptProblem('scrypt', logN, r, p, 2 * p);
    return readBy(
      {
        parameters: { N: n, r, p },
        strength: scryptCryptStrength(n * r * p, salt),
        ...(problem && { problem }),
        blocks: isYescryptsOwn(n, r),
        digest: ownDigest,
        compute: (password) => runScrypt(Buffer.from(password, 'utf8'), Buffer.from(salt), n, r, p),
        text: (digest = ownDigest) => `${setting}$${encodeCrypt64(digest)}`,
      },
      'crypt',
    );
  },
};

function scryptCryptStrength(work: number, salt: string): Strength {
  if (salt === '' || work < leastWork) return 'fast';
  return 128 * work >= goodBytes ? 'good' : 'weak';
}
