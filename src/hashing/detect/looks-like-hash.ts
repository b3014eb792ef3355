import { digestBytes, digestNames, readDigest } from '../primitives/digests.ts';
import type { HashScheme } from '../scheme.ts';
import { identifyPrefixed } from './prefixed.ts';

// Prefixes, so that a hash cut short by a column's width is caught too; the shortest ones need some length.
const markers = [
  /^U?\$[1-9yPHS]\$.{16}/s,
  /^\$(?:2[abxy]|apr1|md5(?:-crypt)?|sha(?:1|224|256|384|512)(?:-crypt)?|hmac-[a-z0-9]+|gy|sm3y|wp)\$/,
  /^\$(?:argon2(?:id|i|d)|bcrypt(?:-sha256)?|pbkdf2(?:-[a-z0-9]+)?|p5k2|scrypt|scram|(?:fb|fire)scrypt)\$/,
  /^\$(?:mysql323\$|LM\$|md5,)/,
  /^(?:pbkdf2:|scrypt:\d|grub\.pbkdf2\.)/,
  /^(?:md5|sha(?:1|224|256|384|512)|crypt|argon2|scrypt|bcrypt(?:_sha256)?|pbkdf2_sha(?:1|256|512))\$/,
  /^\{(?:S?SHA-?(?:1|224|256|384|512)?|S?MD[45]|PLAIN-MD5|LDAP-MD5)(?:\.HEX|\.B64|\.BASE64)?\}/i,
  /^\{(?:CRYPT|[A-Z0-9]{3,6}-CRYPT|ARGON2(?:ID|I)?|BCRYPT|SCRYPT|NT|NTLM|LANMAN|LANM|LM)\}/i,
  /^\{(?:PBKDF2[A-Z0-9@_-]{0,20}|PKCS5S2|FSHP[0-9|]{1,20})\}/i,
];

/**
 * `true` when a text would rather be a password's hash than a password: what a scheme takes, hexadecimal or
 * padded base64 of a digest's length, and what begins like a hash. It keeps hashes from being imported as
 * passwords, where each would log in whoever stole it.
 *
 * Two shapes are left out on purpose, since people's passwords have them: 13 characters of crypt(3)'s alphabet
 * (traditional DES, and one 13-letter word in four) and 16 hexadecimal digits (MySQL 3.23, and a common length
 * for generated passwords). Nothing in them tells the two apart.
 */
export function looksLikeHash(text: string, schemes: readonly HashScheme[]): boolean {
  if (digestNames.some((name) => isDigestText(text, digestBytes[name]))) return true;
  if (markers.some((marker) => marker.test(text))) return true;
  if (/^[./0-9A-Za-z]{13}$/.test(text)) return false;
  const known = identifyPrefixed(text, schemes);
  return known !== undefined && known.hash.strength !== 'none';
}

function isDigestText(text: string, length: number): boolean {
  return (text.length === 2 * length || text.endsWith('=')) && readDigest(text, length) !== undefined;
}
