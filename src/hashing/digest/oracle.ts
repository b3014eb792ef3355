import { digestOf } from '../primitives/digests.ts';
import { decodeHex, encodeHex, utf8 } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';

/**
 * Oracle 11g's `S:` of `SYS.USER$.SPARE4`: SHA-1 over the password and ten bytes of salt. Oracle 12c writes
 * further verifiers (`;H:…;T:…`) of the same password behind it. They are not needed, so they are not stored.
 */
export const oracle11Scheme: HashScheme = {
  id: 'oracle11',
  title: 'Oracle 11g (S:…)',
  parse(text) {
    const match = /^S:([0-9A-F]{40})([0-9A-F]{20})(?:;[HT]:[0-9A-F]{1,256}){0,2};?$/i.exec(text);
    const ownDigest = decodeHex(match?.[1] ?? '');
    const salt = decodeHex(match?.[2] ?? '');
    if (!match || !ownDigest || !salt) return undefined;
    return {
      parameters: {},
      strength: 'fast',
      digest: ownDigest,
      compute: (password) => digestOf('sha1', Buffer.concat([utf8(password), salt])),
      text: (digest = ownDigest) => `S:${encodeHex(Buffer.concat([digest, salt])).toUpperCase()}`,
    };
  },
};
