import { isMainThread } from 'node:worker_threads';
import { decodeBase64, encodeUnpaddedBase64, utf8 } from '../primitives/encoding.ts';
import type { HashProblem, HashReader, HashScheme, ParsedHash, Strength } from '../scheme.ts';

/** Inputs of one run of Argon2 (RFC 9106). */
export interface Argon2Input {
  type: 'd' | 'i' | 'id';
  version: 0x10 | 0x13;
  password: Uint8Array;
  salt: Uint8Array;
  memoryKiB: number;
  passes: number;
  lanes: number;
  /** Bytes of digest. */
  length: number;
}

/** What stands in a hash, beside its digest. */
export type Argon2Setting = Omit<Argon2Input, 'password' | 'length'>;

const maxMemoryKiB = 1024 * 1024;
const maxPasses = 1024;
/** KiB gone through in all passes: two seconds, in one pass or many. */
const maxWorkKiB = 2 * 1024 * 1024;
const maxLanes = 255;
/** Memory times passes below which Argon2 takes no more work than a few hundred runs of a digest. */
const leastMemoryKiB = 64;

/**
 * Argon2's raw digest, by the native engine where it loads, else by WebAssembly (which knows version 0x13
 * only: an older hash then fails with an error that says so).
 */
export async function argon2Raw(input: Argon2Input): Promise<Uint8Array> {
  const native = await import('@node-rs/argon2').catch(() => undefined);
  if (!native) return argon2Wasm(input);
  const options = {
    algorithm: { d: 0, i: 1, id: 2 }[input.type],
    version: input.version === 0x13 ? 1 : 0,
    memoryCost: input.memoryKiB,
    timeCost: input.passes,
    parallelism: input.lanes,
    outputLen: input.length,
    salt: input.salt,
  };
  return isMainThread ? native.hashRaw(input.password, options) : native.hashRawSync(input.password, options);
}

/** Argon2 by WebAssembly: the reference for machines without the native engine. */
export async function argon2Wasm(input: Argon2Input): Promise<Uint8Array> {
  if (input.version !== 0x13) throw new Error('Argon2 version 16 needs the native engine @node-rs/argon2');
  const { argon2d, argon2i, argon2id } = await import('hash-wasm');
  const run = { d: argon2d, i: argon2i, id: argon2id }[input.type];
  return run({
    password: input.password.length === 0 ? '' : input.password,
    salt: input.salt,
    memorySize: input.memoryKiB,
    iterations: input.passes,
    parallelism: input.lanes,
    hashLength: input.length,
    outputType: 'binary',
  });
}

/** What is wrong with parameters found in a dump, if anything; they are bounded before they are run. */
export function argon2Problem(
  { memoryKiB, passes, lanes, salt }: Argon2Setting,
  digest: Uint8Array,
): HashProblem | undefined {
  const over = (name: string, value: number, bound: number): HashProblem => ({
    code: 'over-cost',
    message: `Argon2 ${name} ${value} is above the bound of ${bound}`,
  });
  if (memoryKiB > maxMemoryKiB) return over('memory (KiB)', memoryKiB, maxMemoryKiB);
  if (passes > maxPasses) return over('passes', passes, maxPasses);
  const work = memoryKiB * passes;
  if (work > maxWorkKiB) return over('memory over all passes (KiB)', work, maxWorkKiB);
  if (lanes > maxLanes) return over('lanes', lanes, maxLanes);
  // The reference implementation takes no salt below eight bytes (ARGON2_MIN_SALT_LENGTH), and no digest below four.
  const isShort = salt.length < 8 || digest.length < 4;
  if (passes < 1 || lanes < 1 || memoryKiB < 8 * lanes || isShort) {
    return { code: 'unsupported', message: 'Argon2 parameters are out of the range of RFC 9106' };
  }
  return undefined;
}

/** OWASP's Password Storage Cheat Sheet: 7 MiB with 5 passes is the least it accepts, 46 MiB with 1. */
export function argon2Strength({ memoryKiB, passes }: Pick<Argon2Input, 'memoryKiB' | 'passes'>): Strength {
  if (memoryKiB * passes < leastMemoryKiB) return 'fast';
  return memoryKiB >= 7168 && memoryKiB * passes >= 35_840 ? 'good' : 'weak';
}

/** The PHC string of an Argon2 hash. */
export function argon2Text(input: Argon2Setting, digest: Uint8Array): string {
  const { type, version, memoryKiB, passes, lanes, salt } = input;
  const setting = `$argon2${type}$v=${version}$m=${memoryKiB},t=${passes},p=${lanes}`;
  return `${setting}$${encodeUnpaddedBase64(salt)}$${encodeUnpaddedBase64(digest)}`;
}

/** The hash as others spell it; OpenLDAP verifies it by its module argon2 (slapd-pw-argon2(5)). */
export function argon2TextFor(
  reader: HashReader,
  input: Argon2Setting,
  digest: Uint8Array,
): string | undefined {
  if (reader === 'ldap') return `{ARGON2}${argon2Text(input, digest)}`;
  return reader === 'django' ? `argon2${argon2Text(input, digest)}` : undefined;
}

/** One of Argon2's three variants in PHC form; without `v=` it is version 16, as in the first release. */
function schemeOf(type: Argon2Input['type']): HashScheme {
  return {
    id: `argon2${type}`,
    title: `Argon2${type} (PHC)`,
    parse: (text) => (text.startsWith(`$argon2${type}$`) ? parseArgon2(type, text) : undefined),
  };
}

const fields =
  /^(?:v=(16|19)\$)?m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([A-Za-z0-9+/]{2,512}={0,2})\$([A-Za-z0-9+/]{6,1024}={0,2})$/;

function parseArgon2(type: Argon2Input['type'], text: string): ParsedHash | undefined {
  const match = fields.exec(text.slice(`$argon2${type}$`.length));
  if (!match) return undefined;
  const version = match[1] === '19' ? 0x13 : 0x10;
  const [memoryKiB, passes, lanes] = [Number(match[2]), Number(match[3]), Number(match[4])];
  const [salt, ownDigest] = [decodeBase64(match[5] ?? ''), decodeBase64(match[6] ?? '')];
  if (!salt || !ownDigest) return undefined;
  const input = { type, version, memoryKiB, passes, lanes, salt } as const;
  const problem = argon2Problem(input, ownDigest);
  return {
    parameters: { version, memoryKiB, passes, lanes },
    strength: argon2Strength(input),
    ...(problem && { problem }),
    digest: ownDigest,
    compute: (password) => argon2Raw({ ...input, password: utf8(password), length: ownDigest.length }),
    text: (digest = ownDigest) => argon2Text(input, digest),
    textFor: (reader) => argon2TextFor(reader, input, ownDigest),
    derivation: { kind: 'argon2', ...input },
  };
}

export const argon2idScheme = schemeOf('id');
export const argon2Schemes: readonly HashScheme[] = [argon2idScheme, schemeOf('i'), schemeOf('d')];

/** Any of the three, for formats that wrap a PHC string in a prefix of their own. */
export const argon2Scheme: HashScheme = {
  id: 'argon2',
  title: 'Argon2 (PHC)',
  parse: (text) => argon2Schemes.map((scheme) => scheme.parse(text)).find((hash) => hash !== undefined),
};
