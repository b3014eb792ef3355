import { createHmac } from 'node:crypto';
import { type Digest, digestBytes, digestNames, digestOf } from '../primitives/digests.ts';
import { decodeBase64, decodeHex, encodeBase64, encodeHex, utf8 } from '../primitives/encoding.ts';
import type { HashScheme, ParsedHash } from '../scheme.ts';
import { type DigestInput, inputBytes } from './input.ts';
import { parseTemplate, templateText } from './input-template.ts';

const titles: Record<Digest, string> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

/**
 * Ory Kratos's spellings of bare, salted and keyed digests, self-contained where dumps have the salt in a
 * column of its own: authctl stores those in them too. https://github.com/ory/kratos/blob/master/hash/hash_comparator.go
 */
export const rawDigestSchemes: readonly HashScheme[] = digestNames.flatMap((digest) => [
  plainScheme(digest),
  templateScheme(digest),
  hmacScheme(digest),
]);

/** `$sha256$<digest>`: Kratos itself has this for MD5 only. */
function plainScheme(digest: Digest): HashScheme {
  const prefix = `$${digest}$`;
  return {
    id: digest,
    title: `${titles[digest]}, unsalted`,
    parse(text) {
      if (!text.startsWith(prefix)) return undefined;
      const bytes = decodeBase64(text.slice(prefix.length));
      if (bytes?.length !== digestBytes[digest]) return undefined;
      return fastHash({
        digest: bytes,
        compute: (password) => digestOf(digest, utf8(password)),
        text: (other = bytes) => rawDigestText(digest, other),
      });
    },
  };
}

/**
 * `$sha256$pf=<template>$<salt>$<digest>`. The `=` keeps it apart from crypt(3)'s `$sha1$<rounds>$<salt>$` and
 * `$md5$<salt>$$`, whose alphabet has none.
 */
function templateScheme(digest: Digest): HashScheme {
  return {
    id: `${digest}-template`,
    title: `${titles[digest]}, salted`,
    parse(text) {
      if (!text.startsWith(`$${digest}$`)) return undefined;
      const [, , template = '', saltText = '', digestText = '', ...rest] = text.split('$', 6);
      const input = parseTemplate(template);
      const salt = decodeBase64(saltText);
      const bytes = decodeBase64(digestText);
      if (!input || !salt || bytes?.length !== digestBytes[digest] || rest.length > 0) return undefined;
      return fastHash({
        digest: bytes,
        compute: (password) => digestOf(digest, inputBytes(input, password, salt)),
        text: (other = bytes) => saltedDigestText(digest, input, salt, other),
      });
    },
  };
}

/** `$hmac-sha256$<digest>$<key>`. Kratos encodes the digest twice, hexadecimal in base64; once is taken too. */
function hmacScheme(digest: Digest): HashScheme {
  const prefix = `$hmac-${digest}$`;
  return {
    id: `hmac-${digest}`,
    title: `HMAC-${titles[digest]}`,
    parse(text) {
      if (!text.startsWith(prefix)) return undefined;
      const [, , digestText = '', keyText = '', ...rest] = text.split('$', 5);
      const encoded = decodeBase64(digestText);
      const key = decodeBase64(keyText);
      if (!encoded || !key || rest.length > 0) return undefined;
      const length = digestBytes[digest];
      const bytes = encoded.length === length ? encoded : decodeHex(Buffer.from(encoded).toString('latin1'));
      if (bytes?.length !== length) return undefined;
      return fastHash({
        digest: bytes,
        compute: (password) => createHmac(digest, key).update(password, 'utf8').digest(),
        text: (other = bytes) => hmacText(digest, key, other),
      });
    },
  };
}

const fastHash = (hash: Pick<ParsedHash, 'digest' | 'compute' | 'text'>): ParsedHash => ({
  parameters: {},
  strength: 'fast',
  ...hash,
});

/** The stored form of an unsalted digest. */
export function rawDigestText(digest: Digest, bytes: Uint8Array): string {
  return `$${digest}$${encodeBase64(bytes)}`;
}

/** The stored form of a digest over password and salt. */
export function saltedDigestText(
  digest: Digest,
  input: DigestInput,
  salt: Uint8Array,
  bytes: Uint8Array,
): string {
  return `$${digest}$${templateText(input)}$${encodeBase64(salt)}$${encodeBase64(bytes)}`;
}

/** The stored form of an HMAC of the password, keyed with the salt. */
export function hmacText(digest: Digest, key: Uint8Array, bytes: Uint8Array): string {
  return `$hmac-${digest}$${encodeBase64(utf8(encodeHex(bytes)))}$${encodeBase64(key)}`;
}
