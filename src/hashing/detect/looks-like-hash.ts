import { decodeBase64 } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';
import { identifyPrefixed } from './prefixed.ts';

/** Prefixes that only hashes have, so that a hash cut short by a column's width is found too. */
const prefixes = [
  /^U?\$[1-9yPHS]\$.{16}/s,
  /^\$(?:2[abxy]|apr1|md5(?:-crypt)?|sha(?:1|224|256|384|512)(?:-crypt)?|hmac-[a-z0-9]+|gy|sm3y|wp)\$/,
  /^\$(?:argon2(?:id|i|d)|bcrypt(?:-sha256)?|pbkdf2(?:-[a-z0-9]+)?|p5k2|scrypt|scram|(?:fb|fire)scrypt)\$/,
  /^\$(?:mysql323\$|LM\$|md5,)/,
  /^(?:pbkdf2:|scrypt:\d|grub\.pbkdf2\.|SCRAM-SHA)/,
  /^(?:md5|sha(?:1|224|256|384|512)|crypt|argon2|scrypt|bcrypt(?:_sha256)?|pbkdf2_sha(?:1|256|512))\$/,
  /^\{(?:S?SHA-?(?:1|224|256|384|512)?|S?MD[45]|PLAIN-MD5|LDAP-MD5)(?:\.HEX|\.B64|\.BASE64)?\}/i,
  /^\{(?:CRYPT|[A-Z0-9]{3,6}-CRYPT|ARGON2(?:ID|I)?|BCRYPT|SCRYPT|NT|NTLM|LANMAN|LANM|LM)\}/i,
  /^\{(?:PBKDF2[A-Z0-9@_-]{0,20}|PKCS5S2|FSHP[0-9|]{1,20})\}/i,
];

/**
 * Shapes that hashes share whatever their software: those of hashcat's modules
 * (https://hashcat.net/wiki/doku.php?id=example_hashes) among them, where a user may stand before the hash and a salt
 * behind it.
 */
const shapes = [
  // Any digest of MD5's length or more.
  /[0-9a-f]{32}/i,
  // A short digest and its salt: Oracle 7 and MySQL 3.23 have 16 digits.
  /^[0-9a-f]{16}[:$*].+$/i,
  /^0x[0-9a-f]{16,}$/i,
  // bcrypt, after a number, a name or whatever else its software puts before it.
  /\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{20}/,
  // crypt(3) and PHC strings in the middle of a text: `name:$6$…`.
  /[:|,;]\$[A-Za-z0-9-]{1,20}\$[./A-Za-z0-9+=,$-]{20}/,
  // `$name$…` and `$name*…` of whatever name, followed by nothing but the characters of an encoding.
  /^\$[A-Za-z0-9_.-]{1,32}[$*,](?=.*[./A-Za-z0-9+=]{16})[./A-Za-z0-9+=$*:,_@#-]{20,}$/,
  /^(?:md5|sha\d{1,3}):\d{1,8}:[A-Za-z0-9+/=]+:/i,
  /^[a-z0-9_-]{2,32}\$[^$]{0,64}\$[./A-Za-z0-9+=$]{20,}$/i,
  /^\{[A-Za-z0-9._|/@-]{1,32}\}(?=.*[./A-Za-z0-9+]{16})[./A-Za-z0-9+=$*:,_-]{16,}$/,
  // Lotus Notes and Domino.
  /^\([A-Za-z0-9+/]{20,}\)$/,
];

/**
 * `true` when a text would rather be a password's hash than a password: what a scheme takes, hexadecimal or base64 of a
 * digest's length, and what has the shape of a hash. It keeps hashes from being imported as passwords, where each would
 * log in whoever stole it.
 *
 * Two shapes are left out on purpose, since people's passwords have them: 13 characters of crypt(3)'s alphabet
 * (traditional DES, and one 13-letter word in four) and 16 hexadecimal digits (MySQL 3.23, and a common length
 * for generated passwords). Nothing in them tells the two apart.
 */
export function looksLikeHash(text: string, schemes: readonly HashScheme[]): boolean {
  if (/^[./0-9A-Za-z]{13}$/.test(text)) return false;
  const known = identifyPrefixed(text, schemes);
  if (known) return known.hash.strength !== 'none';
  return [...prefixes, ...shapes].some((shape) => shape.test(text)) || isDigestInBase64(text);
}

/** Lengths of SHA-256 and SHA-512 in base64 without padding, which no word has; shorter digests look like words. */
const unpaddedLengths: readonly number[] = [43, 86];
const leastDigestBytes = 16;

/** Base64 of at least 16 bytes, alone or with a salt behind a colon. */
function isDigestInBase64(text: string): boolean {
  const [digest = ''] = text.split(':', 1);
  const isPadded = digest.endsWith('=');
  const isMixed = /[a-z]/.test(digest) && /[A-Z]/.test(digest) && /[0-9+/]/.test(digest);
  if (!isPadded && !(isMixed && unpaddedLengths.includes(digest.length))) return false;
  const bytes = decodeBase64(digest);
  return bytes !== undefined && bytes.length >= leastDigestBytes;
}
