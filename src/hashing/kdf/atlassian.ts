import { decodeBase64, encodeBase64 } from '../primitives/encoding.ts';
import { pbkdf2Hash } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

const prefix = '{PKCS5S2}';
const saltBytes = 16;
const digestBytes = 32;

/**
 * Crowd, Jira, Confluence and Bitbucket: base64 of salt and digest, 10000 iterations.
 * https://passlib.readthedocs.io/en/stable/lib/passlib.hash.atlassian_pbkdf2_sha1.html
 */
export const atlassianPbkdf2Scheme: HashScheme = {
  id: 'atlassian-pbkdf2',
  title: '{PKCS5S2} (Atlassian)',
  parse(text) {
    const bytes = text.startsWith(prefix) ? decodeBase64(text.slice(prefix.length)) : undefined;
    if (bytes?.length !== saltBytes + digestBytes) return undefined;
    const salt = bytes.slice(0, saltBytes);
    const input = { prf: 'sha1', iterations: 10_000, salt } as const;
    const spell = (digest: Uint8Array) => prefix + encodeBase64(Buffer.concat([salt, digest]));
    return pbkdf2Hash(input, bytes.slice(saltBytes), spell);
  },
};
