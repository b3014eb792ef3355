import { isMainThread } from 'node:worker_threads';
import { decodeBcrypt64, encodeBcrypt64 } from './bcrypt-base64.ts';

/** Bytes of salt in every bcrypt hash. */
export const bcryptSaltBytes = 16;
const hashPrefix = '$2b$00$'.length;

interface Engine {
  readonly name: 'native' | 'bcryptjs';
  hash(key: string, cost: number, salt: Uint8Array): Promise<string>;
  hashSync(key: string, cost: number, salt: Uint8Array): string;
}

let loaded: Promise<Engine> | undefined;

/**
 * The native engine where it loads, else the reference engine in JavaScript; both give the same strings.
 */
export function bcryptEngine(): Promise<Engine> {
  loaded ??= nativeEngine().catch(referenceEngine);
  return loaded;
}

/** Makes this thread use bcryptjs, as on a machine for which no native engine is shipped. */
export function preferReferenceEngine(): void {
  loaded = referenceEngine();
}

async function nativeEngine(): Promise<Engine> {
  const native = await import('@node-rs/bcrypt');
  return {
    name: 'native',
    hash: (key, cost, salt) => native.hash(key, cost, salt),
    hashSync: (key, cost, salt) => native.hashSync(key, cost, salt),
  };
}

async function referenceEngine(): Promise<Engine> {
  const { hash, hashSync } = await import('bcryptjs');
  const setting = (cost: number, salt: Uint8Array) =>
    `$2b$${String(cost).padStart(2, '0')}$${encodeBcrypt64(salt)}`;
  return {
    name: 'bcryptjs',
    hash: (key, cost, salt) => hash(key, setting(cost, salt)),
    hashSync: (key, cost, salt) => hashSync(key, setting(cost, salt)),
  };
}

/**
 * bcrypt's 23 digest bytes.
 *
 * @param key taken as UTF-8; at most its first 72 bytes count, so callers pass no longer one
 * @param salt22 22 characters of bcrypt's base64
 * @param cost base-2 logarithm of the rounds, 4 to 31
 */
export async function bcryptRaw(key: string, salt22: string, cost: number): Promise<Uint8Array> {
  const engine = await bcryptEngine();
  const salt = decodeBcrypt64(salt22).subarray(0, bcryptSaltBytes);
  // A worker is a core of its own: it blocks, since libuv's pool would bound all workers to four threads.
  const text = isMainThread ? await engine.hash(key, cost, salt) : engine.hashSync(key, cost, salt);
  return decodeBcrypt64(text.slice(hashPrefix + 22));
}
