import { decodeBase64, decodeHex, encodeBase64, utf8 } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';

/**
 * A password in plain text behind a prefix that says so: LDAP's `{CLEARTEXT}`, Roundup's `{plaintext}`, Dovecot's `{PLAIN}` and
 * `{PLAIN.B64}`, Werkzeug's `plain$$`. Its digest is the password itself in UTF-8. An empty password is not accepted.
 */
export const plaintextScheme: HashScheme = {
  id: 'plaintext',
  title: 'plaintext ({CLEARTEXT}, {PLAIN}, plain$$)',
  parse(text) {
    const ownDigest = passwordBytes(text);
    if (!ownDigest || ownDigest.length === 0) return undefined;
    return {
      parameters: {},
      strength: 'none',
      digest: ownDigest,
      compute: utf8,
      text: (digest = ownDigest) => plaintextText(digest),
    };
  },
};

function passwordBytes(text: string): Uint8Array | undefined {
  if (text.startsWith('plain$$')) return utf8(text.slice('plain$$'.length));
  const match = /^\{(?:plaintext|cleartext|plain|clear)(\.hex|\.b64|\.base64)?\}/i.exec(text);
  if (!match) return undefined;
  const body = text.slice(match[0].length);
  if (match[1] === undefined) return utf8(body);
  return match[1].toLowerCase() === '.hex' ? decodeHex(body) : decodeBase64(body);
}

/** The stored form of a password: Dovecot's base64 spelling, which can hold every byte. */
export function plaintextText(password: Uint8Array): string {
  return `{PLAIN.B64}${encodeBase64(password)}`;
}
