import { AuthctlError } from '../../domain/errors.ts';
import { hashFormatCandidates } from '../../hashing/detect/candidates.ts';
import { BadHashFormat, parseHashFormat, type Resolution, resolveHash } from '../../hashing/detect/detect.ts';
import { identify } from '../../hashing/detect/identify.ts';
import { allSchemes, type HashScheme, type ParsedHash, type Strength } from '../../hashing/index.ts';

/** What a hash may be; never any part of it. */
export interface PossibleHash {
  /** The value of `--hash-format` that says so; `null` when the hash says it itself. */
  hashFormat: string | null;
  /** Whether that takes a salt from a column of its own. */
  needsSalt: boolean;
  scheme: string;
  title: string;
  parameters: Readonly<Record<string, string | number>>;
  strength: Strength;
  /** Why it cannot be taken all the same, a cost above the bound for instance. */
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
/** Stands for a salt that is not given: text, hexadecimal and base64 alike. */
const anySalt = '0000';

/** What is known of password hashes without looking at a database. */
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
   * What a hash is: one thing, several where the text alone does not say, or none at all for a marker that no
   * password matches. Throws `unknown-hash`, `unsupported-hash`, and `usage` for a format that cannot be read.
   */
  async identify(text: string, hashFormat: string | undefined): Promise<PossibleHash[]> {
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

// The salt's column is not given here, so the answers that need one are as possible as the others.
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
    return parseHashFormat(text);
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
    const known = identify(text, schemes);
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
