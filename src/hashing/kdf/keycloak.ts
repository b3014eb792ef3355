import { lengthCosts, minDigestBytes, overCost } from '../primitives/bounds.ts';
import { decodeBase64, encodeBase64, utf8 } from '../primitives/encoding.ts';
import {
  type KeycloakCredential,
  keycloakCredentialText,
  parseKeycloakCredential,
} from '../primitives/keycloak-credential.ts';
import { type Prf, pbkdf2Hash } from '../primitives/pbkdf2.ts';
import { type HashScheme, type ParsedHash, readBy } from '../scheme.ts';
import { argon2Problem, argon2Raw, argon2Strength, argon2TextFor } from './argon2.ts';

const prfs: ReadonlyMap<string, Prf> = new Map<string, Prf>([
  ['pbkdf2', 'sha1'],
  ['pbkdf2-sha256', 'sha256'],
  ['pbkdf2-sha512', 'sha512'],
]);
const argon2Form = /^(1\.0|1\.3) (d|i|id) ([1-9]\d{0,9}) ([1-9]\d{0,9})$/;

/**
 * Keycloak's password credential, as realm exports and its database have it; `text` always spells it the same way.
 * Pbkdf2PasswordHashProvider pads short passwords with NUL, which is no matter to HMAC.
 */
export const keycloakScheme: HashScheme = {
  id: 'keycloak',
  title: 'password credential as JSON (Keycloak)',
  parse(text) {
    const credential = parseKeycloakCredential(text);
    const salt = decodeBase64(credential?.salt ?? '');
    const digest = decodeBase64(credential?.value ?? '');
    if (!credential || !salt || !digest || digest.length < minDigestBytes) return undefined;
    return credential.algorithm === 'argon2'
      ? parseArgon2(credential, salt, digest)
      : parsePbkdf2(credential, salt, digest);
  },
};

function parsePbkdf2(credential: KeycloakCredential, salt: Uint8Array, digest: Uint8Array) {
  const { algorithm, iterations } = credential;
  const prf = prfs.get(algorithm);
  if (!prf) return undefined;
  const canonical = { algorithm, iterations, salt: encodeBase64(salt), parameters: {} };
  const spell = (other: Uint8Array) => keycloakCredentialText({ ...canonical, value: encodeBase64(other) });
  const hash = pbkdf2Hash({ prf, iterations, salt }, digest, spell);
  return readBy({ ...hash, parameters: { algorithm, iterations } }, 'keycloak');
}

/** Argon2PasswordHashProvider, which keeps its parameters as texts in `additionalParameters`. */
function parseArgon2(
  credential: KeycloakCredential,
  salt: Uint8Array,
  ownDigest: Uint8Array,
): ParsedHash | undefined {
  const { iterations: passes, parameters: given } = credential;
  const match = argon2Form.exec(`${given.version} ${given.type} ${given.memory} ${given.parallelism}`);
  if (!match || Number(given.hashLength) !== ownDigest.length) return undefined;
  const [, versionName = '', typeName, memory = '', parallelism = ''] = match;
  const version = versionName === '1.3' ? 0x13 : 0x10;
  const type = typeName === 'd' || typeName === 'i' ? typeName : 'id';
  const [memoryKiB, lanes] = [Number(memory), Number(parallelism)];
  const input = { type, version, salt, memoryKiB, passes, lanes } as const;
  const problem = argon2Problem(input, ownDigest) ?? overCost(...lengthCosts(salt, ownDigest));
  const parameters = {
    hashLength: String(ownDigest.length),
    memory,
    type,
    version: versionName,
    parallelism,
  };
  const canonical = { algorithm: 'argon2', iterations: passes, salt: encodeBase64(salt), parameters };
  return readBy(
    {
      parameters: { algorithm: `argon2${type}`, version, memoryKiB, passes, lanes },
      strength: argon2Strength(input),
      ...(problem && { problem }),
      digest: ownDigest,
      compute: (password) => argon2Raw({ ...input, password: utf8(password), length: ownDigest.length }),
      text: (digest = ownDigest) => keycloakCredentialText({ ...canonical, value: encodeBase64(digest) }),
      textFor: (reader) => argon2TextFor(reader, input, ownDigest),
    },
    'keycloak',
  );
}
