import type { Derivation } from '../scheme.ts';
import { encodeBase64 } from './encoding.ts';

/** What Keycloak keeps of a password, read out of its JSON. */
export interface KeycloakCredential {
  /** `pbkdf2`, `pbkdf2-sha256`, `pbkdf2-sha512`, `argon2` or the name of an extension. */
  algorithm: string;
  /** Iterations of PBKDF2, passes of Argon2. */
  iterations: number;
  /** Base64 of the digest. */
  value: string;
  /** Base64. */
  salt: string;
  /** The first value of each of `additionalParameters`. */
  parameters: Readonly<Record<string, string>>;
}

/** Real ones have some five hundred characters. */
const maxTextLength = 65_536;

/**
 * Reads a credential whose `secretData` and `credentialData` are JSON in strings, as Keycloak writes them, or
 * objects; also the flat form of Keycloak before version 8. Never throws.
 */
export function parseKeycloakCredential(text: string): KeycloakCredential | undefined {
  if (!/^\s{0,64}\{\s{0,64}"/.test(text) || text.length > maxTextLength) return undefined;
  const whole = record(text);
  if (!whole || (whole.type !== undefined && whole.type !== 'password')) return undefined;
  const secret = record(whole.secretData) ?? { value: whole.hashedSaltedValue, salt: whole.salt };
  const data = record(whole.credentialData) ?? whole;
  const { value, salt } = secret;
  const { algorithm, hashIterations: iterations } = data;
  if (typeof value !== 'string' || typeof salt !== 'string' || typeof algorithm !== 'string')
    return undefined;
  if (typeof iterations !== 'number' || !Number.isSafeInteger(iterations) || iterations < 1) return undefined;
  return { algorithm, iterations, value, salt, parameters: firstValues(record(data.additionalParameters)) };
}

/** The JSON of a credential, always with the same keys in the same order. */
export function keycloakCredentialText(credential: KeycloakCredential): string {
  const { algorithm, iterations, value, salt, parameters } = credential;
  const additionalParameters = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, [parameter]]),
  );
  return JSON.stringify({
    type: 'password',
    secretData: JSON.stringify({ value, salt, additionalParameters: {} }),
    credentialData: JSON.stringify({ hashIterations: iterations, algorithm, additionalParameters }),
  });
}

function firstValues(lists: Record<string, unknown> = {}): Record<string, string> {
  const firsts = Object.entries(lists).map(([name, list]) => [name, Array.isArray(list) ? list[0] : list]);
  return Object.fromEntries(firsts.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function record(value: unknown): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keycloak's names for PBKDF2, one for each digest that it has a provider for. */
const pbkdf2Algorithms: ReadonlyMap<string, string> = new Map([
  ['sha1', 'pbkdf2'],
  ['sha256', 'pbkdf2-sha256'],
  ['sha512', 'pbkdf2-sha512'],
]);

/**
 * A derived digest as a credential of Pbkdf2PasswordHashProvider or Argon2PasswordHashProvider; `undefined` for what
 * neither computes.
 */
export function keycloakTextOf(derivation: Derivation, digest: Uint8Array): string | undefined {
  const [salt, value] = [encodeBase64(derivation.salt), encodeBase64(digest)];
  if (derivation.kind === 'pbkdf2') {
    const { prf, iterations } = derivation;
    const algorithm = pbkdf2Algorithms.get(prf);
    // Java's PBEKeySpec refuses an empty salt.
    if (algorithm === undefined || salt === '') return undefined;
    return keycloakCredentialText({ algorithm, iterations, salt, value, parameters: {} });
  }
  const parameters = {
    hashLength: String(digest.length),
    memory: String(derivation.memoryKiB),
    type: derivation.type,
    version: derivation.version === 0x13 ? '1.3' : '1.0',
    parallelism: String(derivation.lanes),
  };
  return keycloakCredentialText({
    algorithm: 'argon2',
    iterations: derivation.passes,
    salt,
    value,
    parameters,
  });
}
