import { minDigestBytes } from '../primitives/bounds.ts';
import { decodeBase64, encodeUnpaddedBase64 } from '../primitives/encoding.ts';
import { exactLog2, scryptHash } from '../primitives/scrypt.ts';
import type { HashScheme } from '../scheme.ts';

const form = /^\$scrypt\$ln=([1-9]\d{0,14}),r=([1-9]\d{0,9}),p=([1-9]\d{0,9})\$([^$]*)\$([^$]+)$/;

/** No logarithm of a cost reaches this. */
const leastPlainCost = 64;

/**
 * scrypt as a PHC string, which is passlib's `scrypt` too. Ory Kratos writes N itself after `ln=` and pads its
 * base64; such hashes are read, and spelled as the others.
 * https://passlib.readthedocs.io/en/stable/lib/passlib.hash.scrypt.html
 */
export const phcScryptScheme: HashScheme = {
  id: 'scrypt',
  title: 'scrypt (PHC, passlib)',
  parse(text) {
    const match = form.exec(text);
    if (!match) return undefined;
    const [, ln = '', r = '', p = '', saltText = '', digestText = ''] = match;
    const [salt, digest] = [decodeBase64(saltText), decodeBase64(digestText)];
    if (!salt || !digest || digest.length < minDigestBytes) return undefined;
    const cost = Number(ln) < leastPlainCost ? 2 ** Number(ln) : Number(ln);
    const input = { cost, blockSize: Number(r), parallelism: Number(p), salt };
    const setting = `$scrypt$ln=${exactLog2(cost) ?? cost},r=${r},p=${p}$${encodeUnpaddedBase64(salt)}$`;
    return scryptHash(input, digest, (other) => setting + encodeUnpaddedBase64(other));
  },
};
