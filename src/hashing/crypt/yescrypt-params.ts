import { crypt64Value } from '../primitives/crypt-base64.ts';
import type { YescryptMode } from '../primitives/yescrypt-smix.ts';
import type { HashProblem } from '../scheme.ts';

/** What stands between `$y$` and the salt's `$`, decoded but not yet judged. */
export interface YescryptSetting {
  /** `undefined` for a flavour that is reserved: no implementation has other pwxform parameters. */
  mode: YescryptMode | undefined;
  logN: number;
  r: number;
  p: number;
  t: number;
  /** Hash upgrades, planned but never defined. */
  g: number;
  /** Base-2 logarithm of the blocks of a ROM, which the hash alone does not give. */
  logRom: number;
}

const gibibyte = 2 ** 30;
const maxLogN = 20;
const maxParallel = 256;
/** Bytes of memory gone through in all: under two seconds of yescrypt in JavaScript, and of OpenSSL's scrypt. */
const maxWork = { yescrypt: 0.375 * gibibyte, scrypt: gibibyte };
/** Bytes of the blocks that are mixed, which PBKDF2 makes. */
const maxBlockBytes = gibibyte / 16;

/** Takes yescrypt's parameters apart (`encode64_uint32` of yescrypt-common.c); `undefined` if they are none. */
export function parseYescryptSetting(text: string): YescryptSetting | undefined {
  let at = 0;
  let valid = true;
  // Numbers are of variable length: the first character says how many follow.
  const next = (least: number): number => {
    let [start, end, bits, value] = [0, 47, 0, least];
    const first = crypt64Value(text[at]);
    at += 1;
    if (first < 0) valid = false;
    while (first > end) {
      value += (end + 1 - start) * 2 ** bits;
      start = end + 1;
      end = start + Math.floor((62 - end) / 2);
      bits += 6;
    }
    value += Math.max(first - start, 0) * 2 ** bits;
    while (bits > 0) {
      const character = crypt64Value(text[at]);
      at += 1;
      if (character < 0) valid = false;
      bits -= 6;
      value += Math.max(character, 0) * 2 ** bits;
    }
    return value;
  };
  const flavour = next(0);
  const logN = next(1);
  const r = next(1);
  const have = at < text.length ? next(1) : 0;
  const p = have & 1 ? next(2) : 1;
  const t = have & 2 ? next(1) : 0;
  const g = have & 4 ? next(1) : 0;
  const logRom = have & 8 ? next(1) : 0;
  if (!valid || at !== text.length || logN > 63 || logRom > 63) return undefined;
  return { mode: modeOf(flavour), logN, r, p, t, g, logRom };
}

/** 47 (`j`) is what every `$y$` in use has: read-write, with the pwxform parameters of `Pwxform`. */
function modeOf(flavour: number): YescryptMode | undefined {
  if (flavour === 0) return 'classic';
  if (flavour === 1) return 'worm';
  return flavour === 47 ? 'rw' : undefined;
}

/** What keeps a setting from being run: a variant that libxcrypt refuses, too, or a cost above the bounds. */
export function yescryptProblem(setting: YescryptSetting): HashProblem | undefined {
  const { mode, logN, r, p, t, g, logRom } = setting;
  if (mode === undefined) return unsupported('yescrypt flavour is reserved');
  if (g !== 0) return unsupported('yescrypt hash upgrades are not defined');
  if (logRom !== 0) return unsupported('yescrypt with a ROM needs more than the hash');
  if (mode === 'classic' && t !== 0) return unsupported('classic scrypt has no time parameter');
  if (mode === 'rw' && 2 ** logN / p < 4) return unsupported('yescrypt needs four blocks for each thread');
  return scryptProblem('yescrypt', logN, r, p, passes(mode, p, t));
}

/** How often a run goes through its memory: once to fill it, then as often as SMix's second loop does. */
function passes(mode: YescryptMode, p: number, t: number): number {
  if (mode === 'rw') return 1 + (t <= 1 ? (t + 1) / 3 : t - 1);
  return p * (1 + (t === 1 ? 1.5 : Math.max(t, 1)));
}

/**
 * The bounds that scrypt and yescrypt share: memory of a run up to 1 GiB, N up to 2^20, p up to 256.
 *
 * @param passes how often the memory is gone through
 */
export function scryptProblem(
  name: 'scrypt' | 'yescrypt',
  logN: number,
  r: number,
  p: number,
  passes: number,
): HashProblem | undefined {
  if (logN < 2 || r < 1 || p < 1) return unsupported(`${name} parameters are out of its range`);
  if (logN > maxLogN) return over(`${name} with N=2^${logN}`, `2^${maxLogN}`);
  if (p > maxParallel) return over(`${name} with p=${p}`, `${maxParallel}`);
  const bytes = 128 * 2 ** logN * r;
  if (bytes > gibibyte) return over(`${name} with ${bytes} bytes of memory`, '1 GiB');
  if (128 * r * p > maxBlockBytes) return over(`${name} with r=${r} and p=${p}`, 'r p = 2^19');
  const work = Math.ceil(bytes * passes);
  if (work > maxWork[name]) return over(`${name} over ${work} bytes`, `${maxWork[name]}`);
  return undefined;
}

const unsupported = (message: string): HashProblem => ({ code: 'unsupported', message });
const over = (what: string, bound: string): HashProblem => ({
  code: 'over-cost',
  message: `${what} is above the bound of ${bound}`,
});
