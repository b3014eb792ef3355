import { createHash } from 'node:crypto';
import { bcryptScheme } from './crypt/crypt.ts';
import { argon2idScheme } from './kdf/kdf.ts';
import { decodeBase64, encodeBase64, utf8 } from './primitives/encoding.ts';
import type { HashScheme, ParsedHash } from './scheme.ts';

/** A wrapped hash taken apart; `docs/wrapped-hashes.md` describes the format for other programs. */
export interface WrappedText {
  /** The id of the scheme inside. */
  readonly inner: string;
  /** The old hash with every byte of its digest zero: its salt and cost, and nothing to check a guess by. */
  readonly shell: string;
  /** bcrypt's or Argon2id's own text, made of `wrappingKey` of the old digest in the place of a password. */
  readonly outer: string;
}

const wrappedId = 'wrapped';
const prefix = '$wrapped$v=1,scheme=';
const form = /^([a-z0-9][a-z0-9-]{0,63})\$((?:[A-Za-z0-9+/=]{4}){1,512})(\$.{1,512})$/s;

/** The text to store. */
export function wrappedText({ inner, shell, outer }: WrappedText): string {
  return `${prefix}${inner}$${encodeBase64(utf8(shell))}${outer}`;
}

/**
 * What the outer hash is run over: 44 characters, below bcrypt's 72 and without NUL, whatever the digest holds.
 * The prefix keeps them from being the password of any other hash.
 */
export function wrappingKey(digest: Uint8Array): string {
  return createHash('sha256').update('authctl-wrapped-v1\0', 'latin1').update(digest).digest('base64');
}

/**
 * bcrypt or Argon2id around the digest of an older hash.
 *
 * @param schemes gives the registry. Looking at a wrapped hash needs no family but bcrypt's or Argon2's; only
 * verifying it needs the one inside.
 */
export function wrappedSchemeOver(schemes: () => Promise<readonly HashScheme[]>): HashScheme {
  const innerHash = async (inner: string, shell: string): Promise<ParsedHash | undefined> => {
    const scheme = (await schemes()).find((one) => one.id === inner);
    return scheme?.parse(shell);
  };
  return {
    id: wrappedId,
    title: 'an older hash in bcrypt or Argon2id',
    parse(text) {
      const parts = parseWrapped(text);
      const outer = parts && (bcryptScheme.parse(parts.outer) ?? argon2idScheme.parse(parts.outer));
      if (!outer) return undefined;
      const { inner, shell } = parts;
      return {
        parameters: { inner, ...outer.parameters },
        strength: outer.strength,
        ...(outer.problem && { problem: outer.problem }),
        digest: outer.digest,
        async compute(password) {
          const hash = await innerHash(inner, shell);
          // An inner hash that cannot be verified matches nothing: no digest is empty.
          if (!hash || hash.problem) return new Uint8Array(0);
          return outer.compute(wrappingKey(await hash.compute(password)));
        },
        async computeOthers(password) {
          const hash = await innerHash(inner, shell);
          const others = hash?.problem ? undefined : await hash?.computeOthers?.(password);
          return Promise.all((others ?? []).map((digest) => outer.compute(wrappingKey(digest))));
        },
        text: (digest) => wrappedText({ inner, shell, outer: outer.text(digest) }),
      };
    },
  };
}

/** A wrapped hash's three parts; `undefined` for any other text. */
export function parseWrapped(text: string): WrappedText | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const match = form.exec(text.slice(prefix.length));
  if (!match) return undefined;
  const [, inner = '', body = '', outer = ''] = match;
  const shell = decodeBase64(body);
  if (!shell || inner === wrappedId) return undefined;
  return { inner, shell: Buffer.from(shell).toString('utf8'), outer };
}
