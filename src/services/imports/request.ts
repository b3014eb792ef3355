import type { ImportField } from './fields.ts';
import type { ImportReport } from './report.ts';

export const conflictRules = ['reject', 'skip', 'update'] as const;
export type ConflictRule = (typeof conflictRules)[number];

/** Formats that a dump may have, as `--format` calls them; registered in `src/dumps/index.ts`. */
export const importFormats = [
  'csv',
  'json',
  'ndjson',
  'dict',
  'htpasswd',
  'shadow',
  'ldif',
  'firebase-json',
  'firebase-csv',
  'keycloak',
  'auth0',
  'django',
  'wordpress',
  'sqlite',
  'authctl',
] as const;

export const weakPasswordRules = ['flag', 'reject', 'accept'] as const;
export type WeakPasswordRule = (typeof weakPasswordRules)[number];

/** What decides over the rows of an import; a resumed one must be the same in all of it. */
export interface ImportRules {
  format?: string | undefined;
  map: ReadonlyMap<ImportField, string>;
  /** What the columns of CSV without a header are called, in their order. */
  header?: readonly string[] | undefined;
  /** Columns of the dump that are left out. */
  ignore?: readonly string[] | undefined;
  /** What happens to a user who exists already. */
  onConflict: ConflictRule;
  /** With `update`, passwords are replaced too. */
  updatePasswords: boolean;
  /** What happens to passwords that the policy refuses: changed at next login, left behind, taken as they are. */
  weakPasswords: WeakPasswordRule;
  allowNoPassword: boolean;
  /** Passwords that look like hashes are passwords. */
  plaintext: boolean;
  /** What hashes are that do not say it themselves, as `--hash-format` spells it. */
  hashFormat?: string | undefined;
  /** Path of a Firebase project's parameters. */
  firebaseParams?: string | undefined;
  /** Fast hashes are wrapped in the current scheme before they are stored. */
  wrapWeak: boolean;
}

/** An import to be run. */
export interface ImportRequest extends ImportRules {
  /** A path, or `-` for standard input. */
  source: string;
  stdin(): AsyncIterable<Uint8Array>;
  rejects?: string | undefined;
  /** Nothing is written; the report says what would happen. */
  dryRun: boolean;
  resume: boolean;
  /** Most rows in one transaction. */
  batch: number;
  signal: AbortSignal;
  /** Called once if nothing has come from the dump, or a file that is read with it, for a second. */
  onWait?: (() => void) | undefined;
  onProgress?(progress: ImportProgress): void;
  note(text: string): Promise<void>;
  warn(text: string): Promise<void>;
}

/** How far an import has come. */
export interface ImportProgress {
  report: ImportReport;
  /** Bytes of the dump that are done. */
  bytes: number;
  /** Bytes in all, `undefined` where that cannot be known. */
  totalBytes: number | undefined;
}

/** The rules of a request, without what only its caller can do; in the order in which `rulesText` has them. */
export const rulesOf = (request: ImportRules): ImportRules => ({
  format: request.format,
  map: request.map,
  header: request.header,
  ignore: request.ignore,
  onConflict: request.onConflict,
  updatePasswords: request.updatePasswords,
  weakPasswords: request.weakPasswords,
  allowNoPassword: request.allowNoPassword,
  plaintext: request.plaintext,
  hashFormat: request.hashFormat,
  firebaseParams: request.firebaseParams,
  wrapWeak: request.wrapWeak,
});

/** The rules as they are stored; an import can only be resumed with the same. */
export function rulesText(request: ImportRules): string {
  const rules = rulesOf(request);
  const { format = null, hashFormat = null, firebaseParams = null } = rules;
  const map = Object.fromEntries([...rules.map].sort(([one], [other]) => one.localeCompare(other)));
  return JSON.stringify({ ...rules, format, map, hashFormat, firebaseParams });
}
