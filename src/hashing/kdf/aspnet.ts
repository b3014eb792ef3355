import { decodeBase64, encodeBase64 } from '../primitives/encoding.ts';
import { pbkdf2Hash } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

// Both layouts are defined by src/Identity/Extensions.Core/src/PasswordHasher.cs of dotnet/aspnetcore.

const saltBytes = 16;
const v2Bytes = 1 + saltBytes + 32;
const v3HeaderBytes = 13;
const v3Prfs = ['sha1', 'sha256', 'sha512'] as const;
/** Longer texts are not looked into; the salts and digests of real ones have some tens of bytes. */
const maxTextLength = 4096;

/** The bytes behind a base64 text that begin with a marker. */
function marked(text: string, marker: number): Buffer | undefined {
  if (!text.startsWith('A') || text.length > maxTextLength) return undefined;
  const bytes = decodeBase64(text);
  return bytes?.[0] === marker ? Buffer.from(bytes) : undefined;
}

/** ASP.NET Identity 2 and SimpleMembership: 1000 iterations of HMAC-SHA1. */
export const aspnetIdentityV2Scheme: HashScheme = {
  id: 'aspnet-identity-v2',
  title: 'ASP.NET Identity 2',
  parse(text) {
    const bytes = marked(text, 0);
    if (bytes?.length !== v2Bytes) return undefined;
    const head = bytes.subarray(0, 1 + saltBytes);
    const input = { prf: 'sha1', iterations: 1000, salt: new Uint8Array(head.subarray(1)) } as const;
    const digest = new Uint8Array(bytes.subarray(head.length));
    return pbkdf2Hash(input, digest, (other) => encodeBase64(Buffer.concat([head, other])));
  },
};

/** ASP.NET Core Identity: PRF, iterations and length of the salt stand in the hash. */
export const aspnetIdentityV3Scheme: HashScheme = {
  id: 'aspnet-identity-v3',
  title: 'ASP.NET Core Identity 3',
  parse(text) {
    const bytes = marked(text, 1);
    if (!bytes || bytes.length < v3HeaderBytes) return undefined;
    const prf = v3Prfs[bytes.readUInt32BE(1)];
    const iterations = bytes.readUInt32BE(5);
    const saltLength = bytes.readUInt32BE(9);
    // Identity itself refuses shorter salts and digests.
    if (!prf || iterations < 1 || saltLength < saltBytes) return undefined;
    const head = bytes.subarray(0, v3HeaderBytes + saltLength);
    const digest = new Uint8Array(bytes.subarray(head.length));
    if (digest.length < saltBytes) return undefined;
    const input = { prf, iterations, salt: new Uint8Array(head.subarray(v3HeaderBytes)) };
    return pbkdf2Hash(input, digest, (other) => encodeBase64(Buffer.concat([head, other])));
  },
};
