import { decodeHex, encodeHex } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';

/**
 * LAN Manager's hash behind a prefix that names it. It is made of the password in capitals, in two halves of seven
 * characters and a code page that the hash does not name. An import recognises it in order to reject it with the reason.
 */
export const lmScheme: HashScheme = {
  id: 'lm',
  title: 'LAN Manager (recognised, not verified)',
  parse(text) {
    const match = /^(?:\{LANMAN\}|\{LANM\}|\{LM\}|\$LM\$)([0-9A-F]{32})$/i.exec(text);
    const ownDigest = decodeHex(match?.[1] ?? '');
    if (!match || !ownDigest) return undefined;
    return {
      parameters: {},
      strength: 'fast',
      problem: {
        code: 'unsupported',
        message:
          'LM hashes do not tell capitals from small letters; import the NT hash that stands beside it',
      },
      digest: ownDigest,
      // No digest is empty, so that nothing matches if it is called in spite of the problem.
      compute: () => new Uint8Array(0),
      text: (digest = ownDigest) => `{LANMAN}${encodeHex(digest)}`,
    };
  },
};
