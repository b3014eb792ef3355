import { AuthctlError } from '../../domain/errors.ts';
import {
  allSchemes,
  BadHashFormat,
  type HashScheme,
  hashFormatCandidates,
  identifyPrefixed,
  type ParsedHash,
  parseGivenHashFormat,
  type Resolution,
  resolveHash,
  type Strength,
} from '../../hashing/index.ts';

/** One of the things that a hash may be. No part of the hash itself is in it. */
export interface PossibleHash {
  /** The value of `--hash-format` that chooses it; `null` if the hash describes itself. */
  hashFormat: string | null;
  /** Whether it needs a salt from a separate column. */
  needsSalt: boolean;
  scheme: string;
  title: string;
  parameters: Readonly<Record<string, string | number>>;
  strength: Strength;
  /** Why it cannot be imported, for instance a cost above the limit; `null` if it can. */
  problem: string | null;
}

/** An entry of the registry of schemes. */
export interface KnownScheme {
  scheme: string;
  title: string;
  /** Whether the policy can choose it for new passwords. */
  newPasswords: boolean;
}

const forNewPasswords: readonly string[] = ['bcrypt', 'bcrypt-sha256', 'argon2id'];
/** Takes the place of a salt that is not known: valid as text, as hexadecimal and as base64. */
const anySalt = '0000';

/** Questions about password hashes that need no database. */
export class HashFormatService {
  /** Every scheme that is understood. */
  async schemes(): Promise<KnownScheme[]> {
    return (await allSchemes()).map(({ id, title }) => ({
      scheme: id,
      title,
      newPasswords: forNewPasswords.includes(id),
    }));
  }

  /**
   * What a hash may be: one thing, or several if its text does not say which, or none if it is a marker that no
   * password matches. Throws `unknown-hash`, `unsupported-hash`, and `usage` for a format that cannot be read.
   */
  async identify(text: string, hashFormat?: string): Promise<PossibleHash[]> {
    const schemes = await allSchemes();
    if (hashFormat !== undefined) return underFormat(text, hashFormat, schemes);
    const resolution = resolveHash({ text }, schemes);
    switch (resolution.kind) {
      case 'unusable':
        return [];
      case 'ambiguous':
        return candidatesOf(text).flatMap((candidate) => underFormat(text, candidate, schemes));
      default:
        return [settled(resolution, text, schemes, { hashFormat: null, needsSalt: false })];
    }
  }
}

// Whether the dump has a column of salts is not known here, so both the answers with and those without one are given.
function candidatesOf(text: string): string[] {
  return [...new Set([...hashFormatCandidates(text, undefined), ...hashFormatCandidates(text, anySalt)])];
}

function underFormat(text: string, hashFormat: string, schemes: readonly HashScheme[]): PossibleHash[] {
  const format = readFormat(hashFormat);
  const unsalted = resolveHash({ text, format }, schemes);
  if (unsalted.kind === 'unusable') return [];
  if (unsalted.kind !== 'refused')
    return [settled(unsalted, text, schemes, { hashFormat, needsSalt: false })];
  const salted = resolveHash({ text, salt: anySalt, format }, schemes);
  const resolution = salted.kind === 'hash' ? salted : unsalted;
  return [settled(resolution, text, schemes, { hashFormat, needsSalt: true })];
}

function readFormat(text: string) {
  try {
    return parseGivenHashFormat(text);
  } catch (error) {
    if (!(error instanceof BadHashFormat)) throw error;
    throw new AuthctlError('usage', error.message, { cause: error });
  }
}

function settled(
  resolution: Resolution,
  text: string,
  schemes: readonly HashScheme[],
  reading: Pick<PossibleHash, 'hashFormat' | 'needsSalt'>,
): PossibleHash {
  if (resolution.kind === 'hash') return possible(resolution.scheme, resolution.hash, reading);
  if (resolution.kind === 'problem') {
    const known = identifyPrefixed(text, schemes);
    if (known) return possible(known.scheme, known.hash, reading);
    throw new AuthctlError('unsupported-hash', resolution.problem.message);
  }
  if (resolution.kind === 'refused') throw new AuthctlError('unsupported-hash', resolution.message);
  throw new AuthctlError('unknown-hash', 'the hash is of no known scheme', {
    hint: 'authctl hash schemes lists them',
  });
}

function possible(
  scheme: HashScheme,
  { parameters, strength, problem }: ParsedHash,
  reading: Pick<PossibleHash, 'hashFormat' | 'needsSalt'>,
): PossibleHash {
  const { id, title } = scheme;
  return { ...reading, scheme: id, title, parameters, strength, problem: problem?.message ?? null };
}
