import { decodeAdaptedBase64, encodeAdaptedBase64 } from '../primitives/encoding.ts';
import { type Prf, pbkdf2Hash, prfBytes } from '../primitives/pbkdf2.ts';
import { saslprep } from '../primitives/saslprep.ts';
import { type HashScheme, ofPrepared } from '../scheme.ts';

const form = /^\$scram\$([1-9]\d{0,14})\$([^$]*)\$([^$]+)$/;

/** IANA's names of the digests, the strongest first. */
const digests: readonly (readonly [name: string, prf: Prf])[] = [
  ['sha-512', 'sha512'],
  ['sha-384', 'sha384'],
  ['sha-256', 'sha256'],
  ['sha-224', 'sha224'],
  ['sha-1', 'sha1'],
];

/**
 * passlib's SCRAM record, which holds the salted password under several digests. The strongest one is verified,
 * and `text` keeps no other: weaker ones would only make the password easier to guess.
 * https://passlib.readthedocs.io/en/stable/lib/passlib.hash.scram.html
 */
export const scramScheme: HashScheme = {
  id: 'scram',
  title: '$scram$ (passlib)',
  parse(text) {
    const match = form.exec(text);
    if (!match) return undefined;
    const [, rounds = '', saltText = '', pairs = ''] = match;
    const salt = decodeAdaptedBase64(saltText);
    const strongest = strongestDigest(pairs);
    if (!salt || !strongest) return undefined;
    const { name, prf, digest } = strongest;
    const setting = `$scram$${rounds}$${encodeAdaptedBase64(salt)}$${name}=`;
    const input = { prf, iterations: Number(rounds), salt };
    const hash = pbkdf2Hash(input, digest, (other) => setting + encodeAdaptedBase64(other));
    return {
      ...ofPrepared(hash, saslprep),
      takesOthersThan: (password) => saslprep(password) !== password.normalize('NFC'),
    };
  },
};

function strongestDigest(pairs: string) {
  const texts = new Map(pairs.split(',').map((pair) => [pair.split('=', 1)[0], pair] as const));
  for (const [name, prf] of digests) {
    const digest = decodeAdaptedBase64(texts.get(name)?.slice(name.length + 1) ?? '');
    if (digest?.length === prfBytes[prf]) return { name, prf, digest };
  }
  return undefined;
}
