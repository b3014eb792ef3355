import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { identityKey } from '../../domain/username.ts';
import { type BadRow, DumpBroken, type DumpRow } from '../../dumps/index.ts';
import { matches, parseHashFormat, resolveHash } from '../../hashing/index.ts';
import type { HashReading } from '../hashes/hashes.ts';
import type { ValidationRules } from './candidate.ts';
import { resolveRowHash, saltOf, unresolved } from './credential.ts';
import { Reject, textOf } from './field-values.ts';
import type { ImportedFields, ImportField } from './fields.ts';
import { rowFields, unreadable } from './validation.ts';

/** A question to a dump: would this password log this user in? */
export interface ProbeRequest {
  /** A path, or `-` for standard input. */
  source: string;
  stdin(): AsyncIterable<Uint8Array>;
  format?: string | undefined;
  map: ReadonlyMap<ImportField, string>;
  ignore?: readonly string[] | undefined;
  /** What the columns of CSV without a header are called, in their order. */
  header?: readonly string[] | undefined;
  hashFormat?: string | undefined;
  firebaseParams?: string | undefined;
  /** Called once if nothing has come from the dump for a second. */
  onWait?: (() => void) | undefined;
  /** Username or e-mail address, as the dump has it. */
  user: string;
  password: string;
  signal: AbortSignal;
}

/** What the dump answers. */
export interface ProbeResult {
  username: string;
  line: number;
  accepted: boolean;
  /** Scheme of the hash that was tried; `null` for a password in plain text, or where it is ambiguous. */
  scheme: string | null;
  /** For an ambiguous hash: the values of `--hash-format` under which it accepts the password. */
  hashFormats: string[];
}

type Page = readonly (DumpRow | BadRow)[];

/** Finds the user in the dump and tries the password. Throws `user-not-found`, `invalid-dump`. */
export async function probeDump(
  request: ProbeRequest,
  pages: AsyncIterable<Page>,
  rules: Pick<ValidationRules, 'columns' | 'emailIsName' | 'hashes'>,
): Promise<ProbeResult> {
  const wanted = identityKey(request.user);
  for await (const page of readable(pages)) {
    for (const row of page) {
      if ('problem' in row) continue;
      const fields = rowFields(row, rules);
      const names = [fields.username, fields.email].filter((name) => typeof name === 'string');
      if (!names.some((name) => identityKey(name) === wanted)) continue;
      const answer = await onLine(row.line, () => tryPassword(fields, request.password, rules.hashes));
      return { username: names[0] ?? request.user, line: row.line, ...answer };
    }
  }
  throw new AuthctlError('user-not-found', `the dump has no user ${quote(request.user)}`);
}

async function* readable(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages;
  } catch (error) {
    throw error instanceof DumpBroken ? unreadable(error, false) : error;
  }
}

type Answer = Pick<ProbeResult, 'accepted' | 'scheme' | 'hashFormats'>;

async function tryPassword(fields: ImportedFields, password: string, hashes: HashReading): Promise<Answer> {
  const text = textOf(fields, 'passwordHash');
  if (text === null) {
    const plain = textOf(fields, 'password');
    const accepted = plain !== null && plain.normalize('NFC') === password.normalize('NFC');
    return { accepted, scheme: null, hashFormats: [] };
  }
  const resolution = resolveRowHash(text, fields, hashes);
  switch (resolution.kind) {
    case 'hash':
      return {
        accepted: await matches(resolution.hash, password),
        scheme: resolution.scheme.id,
        hashFormats: [],
      };
    case 'unusable':
      return { accepted: false, scheme: null, hashFormats: [] };
    case 'ambiguous':
      return tryCandidates(text, fields, password, resolution.candidates, hashes);
    default:
      throw unresolved(resolution);
  }
}

async function tryCandidates(
  text: string,
  fields: ImportedFields,
  password: string,
  candidates: readonly string[],
  { schemes }: HashReading,
): Promise<Answer> {
  const salt = saltOf(fields);
  const hashFormats: string[] = [];
  for (const candidate of candidates) {
    const resolution = resolveHash({ text, salt, format: parseHashFormat(candidate) }, schemes);
    if (resolution.kind === 'hash' && (await matches(resolution.hash, password))) hashFormats.push(candidate);
  }
  return { accepted: hashFormats.length > 0, scheme: null, hashFormats };
}

/** Runs `work`; what it holds against the record is told with the record's line. */
async function onLine<T>(line: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Reject) throw new AuthctlError('invalid-dump', `line ${line}: ${error.message}`);
    throw error;
  }
}
