import { minDigestBytes } from '../primitives/bounds.ts';
import {
  decodeAdaptedBase64,
  decodeBase64,
  encodeAdaptedBase64,
  encodeUnpaddedBase64,
} from '../primitives/encoding.ts';
import { type Prf, pbkdf2Hash } from '../primitives/pbkdf2.ts';
import { type HashScheme, type ParsedHash, readBy } from '../scheme.ts';

const passlibForm = /^([1-9]\d{0,14})\$([^$]*)\$([^$]+)$/;
const phcForm = /^i=([1-9]\d{0,14})(?:,l=([1-9]\d{0,3}))?\$([^$]*)\$([^$]+)$/;

/**
 * `rounds$salt$digest` in adapted base64, as passlib writes it:
 * https://passlib.readthedocs.io/en/stable/lib/passlib.hash.pbkdf2_digest.html
 */
function parsePasslib(prf: Prf, prefix: string, body: string): ParsedHash | undefined {
  const match = passlibForm.exec(body);
  if (!match) return undefined;
  const [, rounds = '', saltText = '', digestText = ''] = match;
  const [salt, digest] = [decodeAdaptedBase64(saltText), decodeAdaptedBase64(digestText)];
  if (!salt || !digest || digest.length < minDigestBytes) return undefined;
  const input = { prf, iterations: Number(rounds), salt };
  return pbkdf2Hash(
    input,
    digest,
    (other) => `${prefix}${rounds}$${encodeAdaptedBase64(salt)}$${encodeAdaptedBase64(other)}`,
  );
}

/** `i=…,l=…$salt$digest`, as PHC strings have it: https://github.com/simonepri/phc-pbkdf2, and Ory Kratos. */
function parsePhc(prf: Prf, prefix: string, body: string): ParsedHash | undefined {
  const match = phcForm.exec(body);
  if (!match) return undefined;
  const [, rounds = '', length, saltText = '', digestText = ''] = match;
  const [salt, digest] = [decodeBase64(saltText), decodeBase64(digestText)];
  if (!salt || !digest || digest.length < minDigestBytes) return undefined;
  if (length !== undefined && Number(length) !== digest.length) return undefined;
  const input = { prf, iterations: Number(rounds), salt };
  const spell = (other: Uint8Array) =>
    `${prefix}i=${rounds},l=${other.length}$${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(other)}`;
  return pbkdf2Hash(input, digest, spell);
}

function modularScheme(prf: Prf, ...prefixes: [string, ...string[]]): HashScheme {
  return {
    id: `pbkdf2-${prf}`,
    title: `PBKDF2-HMAC-${prf.toUpperCase()} (passlib, PHC)`,
    parse(text) {
      const prefix = prefixes.find((candidate) => text.startsWith(candidate));
      if (prefix === undefined) return undefined;
      const body = text.slice(prefix.length);
      return body.startsWith('i=') ? parsePhc(prf, prefix, body) : parsePasslib(prf, prefixes[0], body);
    },
  };
}

/** The LDAP spelling of passlib, OpenLDAP's pw-pbkdf2 and 389 Directory Server; schemes' case is free there. */
function ldapScheme(prf: Prf, ...prefixes: [string, ...string[]]): HashScheme {
  return {
    id: `ldap-pbkdf2-${prf}`,
    title: `${prefixes.join(' or ')} (LDAP, passlib)`,
    parse(text) {
      const end = text.indexOf('}') + 1;
      if (end === 0 || end > 16 || !prefixes.includes(text.slice(0, end).toUpperCase())) return undefined;
      const hash = parsePasslib(prf, prefixes[0], text.slice(end));
      return hash && readBy(hash, 'ldap');
    },
  };
}

/** PBKDF2 in modular-crypt and PHC spelling, and with an LDAP scheme before it. */
export const passlibPbkdf2Schemes: readonly HashScheme[] = [
  modularScheme('sha1', '$pbkdf2$', '$pbkdf2-sha1$'),
  modularScheme('sha224', '$pbkdf2-sha224$'),
  modularScheme('sha256', '$pbkdf2-sha256$'),
  modularScheme('sha384', '$pbkdf2-sha384$'),
  modularScheme('sha512', '$pbkdf2-sha512$'),
  ldapScheme('sha1', '{PBKDF2}', '{PBKDF2-SHA1}'),
  ldapScheme('sha256', '{PBKDF2-SHA256}'),
  ldapScheme('sha512', '{PBKDF2-SHA512}'),
];
