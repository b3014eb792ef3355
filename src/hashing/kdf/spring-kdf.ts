import { minDigestBytes } from '../primitives/bounds.ts';
import { decodeBase64, decodeHex, encodeBase64, encodeHex, utf8 } from '../primitives/encoding.ts';
import { iteratedDigest } from '../primitives/iterated-digest.ts';
import { type Prf, pbkdf2Hash } from '../primitives/pbkdf2.ts';
import { exactLog2, scryptHash } from '../primitives/scrypt.ts';
import type { HashScheme } from '../scheme.ts';

const digestBytes = 32;

/** Hexadecimal salt and digest after a prefix. */
function saltAndDigest(text: string, prefix: string, saltLength: number) {
  const bytes = text.startsWith(prefix) ? decodeHex(text.slice(prefix.length)) : undefined;
  if (bytes?.length !== saltLength + digestBytes) return undefined;
  return { salt: bytes.slice(0, saltLength), digest: bytes.slice(saltLength) };
}

interface Pbkdf2Defaults {
  id: string;
  prefix: string;
  prf: Prf;
  iterations: number;
  saltLength: number;
}

/** Spring's Pbkdf2PasswordEncoder with the settings that its factory gives it, the secret being empty. */
function pbkdf2Scheme({ id, prefix, prf, iterations, saltLength }: Pbkdf2Defaults): HashScheme {
  return {
    id,
    title: `${prefix} (Spring Security)`,
    parse(text) {
      const parts = saltAndDigest(text, prefix, saltLength);
      if (!parts) return undefined;
      const { salt, digest } = parts;
      return pbkdf2Hash(
        { prf, iterations, salt },
        digest,
        (other) => prefix + encodeHex(salt) + encodeHex(other),
      );
    },
  };
}

/** Spring's StandardPasswordEncoder: 1024 rounds of SHA-256 over salt and password, the secret being empty. */
const standardScheme: HashScheme = {
  id: 'spring-sha256',
  title: '{sha256} (Spring Security)',
  parse(text) {
    const parts = saltAndDigest(text, '{sha256}', 8);
    if (!parts) return undefined;
    const { salt, digest } = parts;
    return {
      parameters: { digest: 'sha256', rounds: 1024 },
      strength: 'weak',
      digest,
      compute: (password) => iteratedDigest('sha256', Buffer.concat([salt, utf8(password)]), 1024),
      text: (other = digest) => `{sha256}${encodeHex(salt)}${encodeHex(other)}`,
    };
  },
};

// Five digits at least, or `$1$` and `$5$` of crypt(3) would look the same.
const scryptForm =
  /^((?:\{scrypt(?:@SpringSecurity_v5_8)?\})?)\$([1-9a-f][0-9a-f]{4,8})\$([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]+={0,2})$/;

/**
 * Spring's SCryptPasswordEncoder, its prefix there or not. The costs are one hexadecimal number:
 * log2 N in the bits from 16 on, r in eight bits, p in eight.
 */
const scryptScheme: HashScheme = {
  id: 'spring-scrypt',
  title: '{scrypt} (Spring Security)',
  parse(text) {
    const match = scryptForm.exec(text);
    if (!match) return undefined;
    const [, prefix = '', costs = '', saltText = '', digestText = ''] = match;
    const [salt, digest] = [decodeBase64(saltText), decodeBase64(digestText)];
    if (!salt || !digest || digest.length < minDigestBytes) return undefined;
    const packed = Number.parseInt(costs, 16);
    const input = {
      cost: 2 ** Math.floor(packed / 2 ** 16),
      blockSize: Math.floor(packed / 2 ** 8) % 2 ** 8,
      parallelism: packed % 2 ** 8,
      salt,
    };
    if (exactLog2(input.cost) === undefined) return undefined;
    return scryptHash(
      input,
      digest,
      (other) => `${prefix}$${costs}$${encodeBase64(salt)}$${encodeBase64(other)}`,
    );
  },
};

/** The encoders of PasswordEncoderFactories.createDelegatingPasswordEncoder that derive keys. */
export const springKdfSchemes: readonly HashScheme[] = [
  pbkdf2Scheme({
    id: 'spring-pbkdf2',
    prefix: '{pbkdf2}',
    prf: 'sha1',
    iterations: 185_000,
    saltLength: 8,
  }),
  pbkdf2Scheme({
    id: 'spring-pbkdf2-v5-8',
    prefix: '{pbkdf2@SpringSecurity_v5_8}',
    prf: 'sha256',
    iterations: 310_000,
    saltLength: 16,
  }),
  standardScheme,
  scryptScheme,
];
