import { decodeHex, encodeHex } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';

/**
 * LAN Manager's hash, where a text says that it is one: the password in capitals, cut into two halves of seven
 * characters, in a code page that the hash does not name. Recognised so that its rows are named with a reason.
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
      // Equal to no digest, should it be called in spite of the problem.
      compute: () => new Uint8Array(0),
      text: (digest = ownDigest) => `{LANMAN}${encodeHex(digest)}`,
    };
  },
};
