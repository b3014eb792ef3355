import { createCipheriv } from 'node:crypto';
import { minDigestBytes } from '../primitives/bounds.ts';
import { base64OfBase64Url, decodeBase64, encodeBase64 } from '../primitives/encoding.ts';
import { type ScryptInput, scryptHash, scryptRaw } from '../primitives/scrypt.ts';
import type { HashScheme } from '../scheme.ts';
import type { FirebaseParameters } from './firebase-parameters.ts';

const supabaseForm =
  /^\$fbscrypt\$v=1,n=(?<n>\d{1,2}),r=(?<r>\d{1,10}),p=(?<p>\d{1,10})(?:,ss=(?<separator>[A-Za-z0-9+/=]{0,1024}))?,sk=(?<key>[A-Za-z0-9+/=]{1,1024})\$(?<salt>[A-Za-z0-9+/=]*)\$(?<digest>[A-Za-z0-9+/=]+)$/;
const kratosForm =
  /^\$firescrypt\$ln=(?<n>\d{1,2}),r=(?<r>\d{1,10}),p=(?<p>\d{1,10})\$(?<salt>[A-Za-z0-9+/=]*)\$(?<digest>[A-Za-z0-9+/=]+)\$(?<separator>[A-Za-z0-9+/=]{0,1024})\$(?<key>[A-Za-z0-9+/=]{1,1024})$/;
const keyBytes = 32;

/** The digest is the project's signer key, enciphered under a key that scrypt derives from the password. */
async function encipher(password: string, input: ScryptInput, signerKey: Uint8Array): Promise<Uint8Array> {
  const key = await scryptRaw(password, input, keyBytes);
  const cipher = createCipheriv('aes-256-ctr', key, new Uint8Array(16));
  return new Uint8Array(Buffer.concat([cipher.update(signerKey), cipher.final()]));
}

/**
 * Firebase's scrypt in the self-contained spelling of Supabase Auth (GoTrue, internal/crypto/password.go), which
 * is the one kept, or of Ory Kratos (hash/hash_comparator.go); the algorithm is https://github.com/firebase/scrypt.
 */
export const fbscryptScheme: HashScheme = {
  id: 'fbscrypt',
  title: '$fbscrypt$ (Firebase, Supabase), $firescrypt$ (Kratos)',
  parse(text) {
    const groups = (supabaseForm.exec(text) ?? kratosForm.exec(text))?.groups;
    if (!groups) return undefined;
    const [n, r, p] = [Number(groups.n), Number(groups.r), Number(groups.p)];
    const separator = decodeBase64(groups.separator ?? '');
    const signerKey = decodeBase64(groups.key ?? '');
    const salt = decodeBase64(groups.salt ?? '');
    const digest = decodeBase64(groups.digest ?? '');
    if (!separator || !signerKey || !salt || !digest) return undefined;
    if (digest.length !== signerKey.length || digest.length < minDigestBytes) return undefined;
    const salted = new Uint8Array(Buffer.concat([salt, separator]));
    const input = { cost: 2 ** n, blockSize: r, parallelism: p, salt: salted };
    const ss = separator.length === 0 ? '' : `,ss=${encodeBase64(separator)}`;
    const setting = `$fbscrypt$v=1,n=${n},r=${r},p=${p}${ss},sk=${encodeBase64(signerKey)}$${encodeBase64(salt)}$`;
    const hash = scryptHash(input, digest, (other) => setting + encodeBase64(other));
    return { ...hash, compute: (password) => encipher(password, input, signerKey) };
  },
};

/**
 * A user of a Firebase export: its `passwordHash` and `salt`, in standard base64 as the command line writes them or
 * in base64url as the Admin SDK does.
 */
export interface FirebaseCredential {
  hash: string;
  salt: string;
}

/**
 * The `$fbscrypt$` text of a user of a Firebase export. Never throws: fields that are no base64 give a text that
 * no scheme recognises.
 */
export function firebaseHash(credential: FirebaseCredential & FirebaseParameters): string {
  const { hash, salt, signerKey, saltSeparator, rounds, memCost } = credential;
  const ss = saltSeparator === '' ? '' : `,ss=${base64OfBase64Url(saltSeparator)}`;
  const setting = `v=1,n=${memCost},r=${rounds},p=1${ss},sk=${base64OfBase64Url(signerKey)}`;
  return `$fbscrypt$${setting}$${base64OfBase64Url(salt)}$${base64OfBase64Url(hash)}`;
}
