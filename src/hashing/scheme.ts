/**
 * How well a hash protects its password once the hash is stolen:
 * `none` it is the password itself; `fast` hundreds of millions of guesses a second on one GPU (a digest, salted or
 * not, or one that is hardly stretched), or one guess for all users alike (no salt); `weak` stretched, but below today's
 * advice (old crypt(3), few rounds); `good` what OWASP's Password Storage Cheat Sheet accepts today. It comes from the
 * work that a hash takes, not from the name of its scheme.
 */
export type Strength = 'none' | 'fast' | 'weak' | 'good';

/** Why a hash of a known scheme is not accepted: its cost is above the bound, or nobody can verify the variant. */
export type HashProblem = { code: 'over-cost' | 'unsupported'; message: string };

/**
 * Software that verifies hashes in a spelling of its own: crypt(3) of libxcrypt, Apache, LDAP servers, Django and
 * Keycloak.
 */
export type HashReader = 'crypt' | 'apache' | 'ldap' | 'django' | 'keycloak';

/** What a standard key derivation function makes a digest of, the password apart, whatever the hash's spelling. */
export type Derivation =
  | {
      readonly kind: 'argon2';
      readonly type: 'd' | 'i' | 'id';
      readonly version: 0x10 | 0x13;
      readonly salt: Uint8Array;
      readonly memoryKiB: number;
      readonly passes: number;
      readonly lanes: number;
    }
  | {
      readonly kind: 'pbkdf2';
      /** The digest of its HMAC, by OpenSSL's name. */
      readonly prf: string;
      readonly iterations: number;
      readonly salt: Uint8Array;
    };

/** A hash taken apart: everything needed to verify a password against it. */
export interface ParsedHash {
  /** Cost and other parameters to show to an operator; never a part of salt or digest. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly strength: Strength;
  /** Set when the hash must not be run; `compute` is then never called. */
  readonly problem?: HashProblem;
  /** The bytes that `compute` must arrive at for the right password. */
  readonly digest: Uint8Array;
  /** Bytes of `digest` that a password gives under this hash's salt and parameters. */
  compute(password: string): Uint8Array | Promise<Uint8Array>;
  /**
   * Set where `compute` would keep its thread busy for more than some ten milliseconds: it is JavaScript, and not a
   * native engine that works in the background.
   */
  readonly blocks?: boolean;
  /** The digest of the empty password, where `compute` gives a promise of it. */
  readonly emptyDigest?: Uint8Array;
  /**
   * The digests that other programs compute of the same password where they encode it differently, without the one that
   * `compute` gives.
   */
  computeOthers?(password: string): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /**
   * The text to store: the scheme's canonical, self-contained spelling, with `digest` in the place of the
   * hash's own when given (so that a hash can be kept without its digest). `parse` of it gives the same hash.
   */
  text(digest?: Uint8Array): string;
  /**
   * The hash as other software spells it; `undefined` where it could not verify it. What crypt(3) reads, LDAP servers
   * read behind `{CRYPT}`, which need not be said here.
   */
  textFor?(reader: HashReader): string | undefined;
  /**
   * Whether the hash takes other passwords beside this one that it takes, since the scheme ignores a part of them.
   * Without it no scheme does.
   */
  takesOthersThan?(password: string): boolean;
  /** Set where the digest is a standard function's of the password as it is. */
  readonly derivation?: Derivation;
}

/** The same hash, of which other software is known to read the very text that is stored here. */
export function readBy(hash: ParsedHash, ...readers: readonly HashReader[]): ParsedHash {
  return { ...hash, textFor: (reader) => (readers.includes(reader) ? hash.text() : hash.textFor?.(reader)) };
}

/**
 * The same hash of a password that is changed before it is hashed. Other software would not change it, so there is no
 * spelling for others.
 */
export function ofPrepared(hash: ParsedHash, prepare: (password: string) => string): ParsedHash {
  const { textFor: _text, derivation: _derivation, ...rest } = hash;
  return {
    ...rest,
    compute: (password) => hash.compute(prepare(password)),
    takesOthersThan: (password) => hash.takesOthersThan?.(prepare(password)) ?? false,
  };
}

/** A password-hash format: one entry of a family's list, such as `cryptSchemes`. */
export interface HashScheme {
  /** Stable identifier in kebab-case, shown as `passwordScheme`. */
  readonly id: string;
  /** What people call it, for `hash schemes`. */
  readonly title: string;
  /**
   * Takes a hash apart; `undefined` when the text is not of this scheme. It never throws and takes time linear in the
   * length of the text, since an import calls it with any text of a dump.
   */
  parse(text: string): ParsedHash | undefined;
}

/** A hash and the scheme that took it apart. */
export interface IdentifiedHash {
  readonly scheme: HashScheme;
  readonly hash: ParsedHash;
}
