/**
 * How much a stolen hash of a scheme is worth to whoever stole it:
 * `none` it is the password itself; `fast` billions of guesses a second on one GPU (a digest, salted or not);
 * `weak` stretched, but below today's advice (old crypt(3), few rounds); `good` what OWASP's Password Storage
 * Cheat Sheet accepts today.
 */
export type Strength = 'none' | 'fast' | 'weak' | 'good';

/** Why a text that is recognised cannot be taken: a cost above the bound, or a variant nobody can verify. */
export type HashProblem = { code: 'over-cost' | 'unsupported'; message: string };

/** A hash taken apart: everything needed to verify a password against it. */
export interface ParsedHash {
  /** Cost and other numbers a person wants to see, never any part of salt or digest. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly strength: Strength;
  /** Set when the hash must not be run; `compute` is then never called. */
  readonly problem?: HashProblem;
  /** The bytes that `compute` must arrive at for the right password. */
  readonly digest: Uint8Array;
  /** Bytes of `digest` that a password gives under this hash's salt and parameters. */
  compute(password: string): Uint8Array | Promise<Uint8Array>;
  /** What other programs make of the same password, where they disagree about its encoding; without what `compute` gives. */
  computeOthers?(password: string): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /**
   * The text to store: the scheme's canonical, self-contained spelling, with `digest` in the place of the
   * hash's own when given (so that a hash can be kept without its digest). `parse` of it gives the same hash.
   */
  text(digest?: Uint8Array): string;
}

/** A password-hash format: one entry of a family's list, such as `cryptSchemes`. */
export interface HashScheme {
  /** Stable identifier in kebab-case, shown as `passwordScheme`. */
  readonly id: string;
  /** What people call it, for `hash schemes`. */
  readonly title: string;
  /**
   * Takes a hash apart; `undefined` when the text is not of this scheme. Never throws and takes time linear
   * in the text, since it is run on whatever a dump holds.
   */
  parse(text: string): ParsedHash | undefined;
}

/** A hash and the scheme that took it apart. */
export interface IdentifiedHash {
  readonly scheme: HashScheme;
  readonly hash: ParsedHash;
}
