import { hash } from 'node:crypto';
import { iteratedStrength } from '../primitives/bounds.ts';
import { decodeCrypt64, encodeCrypt64 } from '../primitives/crypt-base64.ts';
import { type HashScheme, readBy } from '../scheme.ts';
import { roundsProblem } from './rounds.ts';

/** Most rounds that are run: about two seconds. */
export const sha1CryptMaxRounds = 2_000_000;
const blockBytes = 64;
const digestBytes = 20;

/** NetBSD's sha1-crypt: HMAC-SHA1 under the password, over its own output, `rounds` times. */
function sha1Crypt(password: Uint8Array, salt: string, rounds: number): Uint8Array {
  const key =
    password.length > blockBytes ? Buffer.from(hash('sha1', password, 'binary'), 'latin1') : password;
  const inner = Buffer.alloc(blockBytes + digestBytes, 0x36);
  const outer = Buffer.alloc(blockBytes + digestBytes, 0x5c);
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  // RFC 2104 with both pads laid out once; createHmac would take ten times as long.
  const finish = (innerDigest: string) => {
    outer.write(innerDigest, blockBytes, 'latin1');
    return hash('sha1', outer, 'binary');
  };
  const seed = Buffer.concat([inner.subarray(0, blockBytes), Buffer.from(`${salt}$sha1$${rounds}`)]);
  let result = finish(hash('sha1', seed, 'binary'));
  for (let i = 1; i < rounds; i += 1) {
    inner.write(result, blockBytes, 'latin1');
    result = finish(hash('sha1', inner, 'binary'));
  }
  return new Uint8Array(Buffer.from(result, 'latin1'));
}

// 28 characters hold 21 bytes: the digest's and its first again; each three are written last to first.
const order = Array.from({ length: 21 }, (_, i) => (i - (i % 3) + 2 - (i % 3)) % digestBytes);

function encodeDigest(digest: Uint8Array): string {
  return encodeCrypt64(Uint8Array.from(order, (index) => digest[index] ?? 0));
}

function decodeDigest(text: string): Uint8Array | undefined {
  const bytes = decodeCrypt64(text);
  if (!bytes) return undefined;
  const digest = new Uint8Array(digestBytes);
  for (const [i, index] of order.entries()) digest[index] = bytes[i] ?? 0;
  return encodeDigest(digest) === text ? digest : undefined;
}

/** `$sha1$rounds$salt$digest`, NetBSD's; Django's `sha1$salt$hex` is another scheme. */
export const sha1CryptScheme: HashScheme = {
  id: 'sha1-crypt',
  title: 'sha1-crypt ($sha1$)',
  parse(text) {
    const match = /^\$sha1\$(\d{1,10})\$([./0-9A-Za-z]{1,64})\$([./0-9A-Za-z]{28})$/.exec(text);
    const salt = match?.[2];
    const ownDigest = decodeDigest(match?.[3] ?? '');
    if (salt === undefined || !ownDigest) return undefined;
    const rounds = Number(match?.[1]);
    const problem = roundsProblem('sha1-crypt', rounds, sha1CryptMaxRounds);
    return readBy(
      {
        parameters: { rounds },
        strength: iteratedStrength(rounds, salt),
        ...(problem && { problem }),
        blocks: rounds > 10_000,
        digest: ownDigest,
        compute: (password) => sha1Crypt(Buffer.from(password, 'utf8'), salt, rounds),
        text: (digest = ownDigest) => `$sha1$${rounds}$${salt}$${encodeDigest(digest)}`,
      },
      'crypt',
    );
  },
};
