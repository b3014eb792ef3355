import { iteratedStrength, lengthCosts, overCost } from '../primitives/bounds.ts';
import { decodeBase64, encodeBase64, utf8 } from '../primitives/encoding.ts';
import { iteratedDigest } from '../primitives/iterated-digest.ts';
import { prfBytes } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

const form = /^\{FSHP([0-3])\|(0|[1-9]\d{0,3})\|([1-9]\d{0,14})\}([A-Za-z0-9+/]+={0,3})$/;
const variants = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
/** About two seconds. */
const maxRounds = 1_500_000;

/**
 * Fairly Secure Hashed Password: PBKDF1 with password and salt in each other's place, without its limit on
 * the length. https://passlib.readthedocs.io/en/stable/lib/passlib.hash.fshp.html
 */
export const fshpScheme: HashScheme = {
  id: 'fshp',
  title: '{FSHP…} (Fairly Secure Hashed Password)',
  parse(text) {
    const match = form.exec(text);
    if (!match) return undefined;
    const [, variant = '', saltLength = '', roundsText = '', data = ''] = match;
    const digestName = variants[Number(variant)];
    const bytes = decodeBase64(data);
    if (!digestName || bytes?.length !== Number(saltLength) + prfBytes[digestName]) return undefined;
    const salt = bytes.slice(0, Number(saltLength));
    const digest = bytes.slice(salt.length);
    const rounds = Number(roundsText);
    const problem = overCost(['FSHP rounds', rounds, maxRounds], ...lengthCosts(salt, digest));
    const setting = `{FSHP${variant}|${salt.length}|${rounds}}`;
    return {
      parameters: { digest: digestName, rounds },
      strength: iteratedStrength(rounds, salt),
      ...(problem && { problem }),
      digest,
      blocks: rounds > 10_000,
      compute: (password) => iteratedDigest(digestName, Buffer.concat([salt, utf8(password)]), rounds),
      text: (other = digest) => setting + encodeBase64(Buffer.concat([salt, other])),
    };
  },
};
