import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { isOwnRecord } from '../../dumps/engine/own-record.ts';
import type { DumpRow } from '../../dumps/index.ts';

// Usual names of each field, the likeliest first, without regard to case, hyphens and underscores. Fields without
// usual names are taken by their own name from an export of ours, or by --map.
const usualNames = {
  id: [],
  username: [
    'username',
    'user',
    'login',
    'loginname',
    'userlogin',
    'uid',
    'account',
    'accountname',
    'samaccountname',
  ],
  email: ['email', 'mail', 'emailaddress', 'useremail'],
  firstName: ['firstname', 'givenname', 'forename'],
  lastName: ['lastname', 'surname', 'familyname', 'sn'],
  password: ['password', 'pass', 'pwd', 'passwd', 'plainpassword', 'plaintextpassword'],
  passwordHash: [
    'passwordhash',
    'hash',
    'encryptedpassword',
    'userpassword',
    'hashedpassword',
    'passworddigest',
    'pwhash',
  ],
  salt: ['salt', 'passwordsalt'],
  hashFormat: ['hashformat'],
  active: ['isactive', 'active', 'enabled', 'isenabled'],
  disabled: ['disabled', 'isdisabled', 'inactive', 'suspended', 'isblocked', 'blocked'],
  userAccountControl: ['useraccountcontrol'],
  locked: ['locked', 'islocked', 'accountlocked'],
  deletedAt: ['deletedat', 'deleted', 'isdeleted'],
  mustChangePassword: ['mustchangepassword', 'forcepasswordchange', 'passwordexpired'],
  passwordChangedAt: ['passwordchangedat', 'passwordlastchanged', 'passwordsetat'],
  expiresAt: ['expiresat', 'accountexpires', 'validuntil'],
  createdAt: ['createdat', 'created', 'datejoined', 'registeredat', 'signupdate', 'userregistered'],
  lastLoginAt: ['lastloginat', 'lastlogin', 'lastseen', 'lastsignedinat'],
  emailVerifiedAt: [],
  status: [],
  disabledAt: ['disabledat', 'deactivatedat', 'suspendedat', 'bannedat', 'blockedat'],
  lockedAt: ['lockedat'],
  lockedUntil: [],
  lockReason: [],
  lockKind: [],
  failedAttempts: [],
  consecutiveFailures: [],
  createdBy: [],
  updatedAt: [],
  updatedBy: [],
  deletedBy: [],
  version: [],
} as const satisfies Record<string, readonly string[]>;

/** What a dump can say of a user. */
export type ImportField = keyof typeof usualNames;
export const importFields = Object.keys(usualNames) as ImportField[];

/** The fields of one record, raw. */
export type ImportedFields = Partial<Record<ImportField, unknown>> & {
  /** The record is of an export of ours: what it holds is taken as it is, as far as it is valid. */
  ownExport?: boolean;
};

/** What a column may be called; longer names, and such of other characters, are hashes or addresses. */
const plausible = /^[\p{L}_][\p{L}\p{N}_ .-]{0,63}$/u;

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Reads `--map`: `field=column` pairs, several separated by commas. Throws `usage`. */
export function parseFieldMap(texts: readonly string[]): Map<ImportField, string> {
  const map = new Map<ImportField, string>();
  for (const pair of texts.flatMap((text) => text.split(','))) {
    const equals = pair.indexOf('=');
    const field = importFields.find((one) => one === pair.slice(0, equals));
    const column = pair.slice(equals + 1);
    if (equals < 1 || !field || column === '') {
      throw new AuthctlError('usage', `--map takes field=column, not ${quote(pair)}`, {
        hint: `fields are ${importFields.join(', ')}`,
      });
    }
    map.set(field, column);
  }
  return map;
}

/** Reads `--ignore`: columns, several separated by commas. Throws `usage`, also for one that is mapped. */
export function parseIgnoredColumns(
  texts: readonly string[],
  map: ReadonlyMap<ImportField, string>,
): string[] {
  const columns = texts.flatMap((text) => text.split(','));
  const mapped = [...map.values()].find((column) => columns.includes(column));
  if (mapped !== undefined)
    throw new AuthctlError('usage', `--map takes the column ${quote(mapped)}, which --ignore leaves out`);
  if (columns.includes('')) throw new AuthctlError('usage', '--ignore takes the names of columns');
  return columns;
}

/** How other systems write that there is no value, where their format has no way to say it: MySQL and PostgreSQL. */
const nullWords: ReadonlySet<unknown> = new Set(['NULL', 'null', '\\N']);

/** What the columns of a dump have been taken for. */
export interface DumpColumns {
  used: { column: string; field: ImportField }[];
  ignored: string[];
}

/** What says which column holds which field. */
export interface ColumnRules {
  map: ReadonlyMap<ImportField, string>;
  /** Columns that no field uses, whatever they are called. */
  ignore?: readonly string[] | undefined;
  /** The dump is an export of ours, because whoever imports it says so. */
  own: boolean;
}

/** Which columns of a record hold which fields. */
interface Layout {
  /** The record's columns, in its order. */
  readonly names: readonly string[];
  readonly uses: readonly { column: string; field: ImportField }[];
}

/** Which column of a dump holds which field, as its records show by and by. */
export class FieldColumns {
  readonly #map: ReadonlyMap<ImportField, string>;
  /** Columns that were mapped mean what the map says, and nothing else. */
  readonly #mapped: ReadonlySet<string>;
  readonly #leftOut: ReadonlySet<string>;
  /** Of the last record; most have the columns of the one before. */
  #layout: Layout = { names: [], uses: [] };
  readonly #used = new Map<string, Layout['uses'][number]>();
  /** Columns that a record had for no field, and how they are shown. */
  readonly #ignored = new Map<string, string>();
  /** Whether the dump is an export of ours; `undefined` before its first record, which may prove that it is. */
  #own: boolean | undefined;

  constructor({ map, ignore = [], own }: ColumnRules) {
    this.#map = map;
    this.#own = own || undefined;
    this.#leftOut = new Set(ignore);
    this.#mapped = new Set(map.values());
  }

  /** Columns that no field uses, at most a hundred of them. */
  get ignored(): string[] {
    const used = new Set(this.used.map(({ column }) => column));
    return [...new Set([...this.#ignored].filter(([name]) => !used.has(name)).map(([, shown]) => shown))];
  }

  /**
   * What the columns of a record may be called in messages and reports. A dump without a header has passwords where
   * others have names, so that a cell counts as a name only where at least two others are known to be names.
   */
  shown(names: readonly string[]): { known: number; columns: string[] } {
    const { uses } = this.#layoutOf(names);
    const known = new Set(uses.map(({ column }) => column));
    for (const name of names) if (this.#leftOut.has(name)) known.add(name);
    const columns = names.map((name, at) =>
      known.has(name) || (known.size >= 2 && plausible.test(name)) ? name : `column ${at + 1}`,
    );
    return { known: known.size, columns };
  }

  /** Columns that are used, and for what; a column may serve two fields, when it is mapped. */
  get used(): { column: string; field: ImportField }[] {
    return [...this.#used.values()];
  }

  /** A column that was mapped and that a record with these columns lacks. */
  missing(names: readonly string[]): string | undefined {
    return [...this.#map.values()].find((column) => !names.includes(column));
  }

  /** The fields of one record. Where two columns are called the same thing, the likelier name wins. */
  pick({ fields: record, isOwn }: Pick<DumpRow, 'fields' | 'isOwn'>): ImportedFields {
    const names = Object.keys(record);
    this.#own ??= isOwn ?? isOwnRecord(names);
    const found: ImportedFields = this.#own ? { ownExport: true } : {};
    for (const { column, field } of this.#layoutOf(names).uses) {
      const value = record[column];
      // An export of ours leaves empty what has no value, so that NULL in it is a name.
      found[field] = !this.#own && nullWords.has(value) ? null : value;
    }
    return found;
  }

  #layoutOf(names: readonly string[]): Layout {
    const known = this.#layout;
    const same = known.names.length === names.length && names.every((name, at) => name === known.names[at]);
    return same ? known : this.#learn(names);
  }

  #learn(names: readonly string[]): Layout {
    const alike = new Map<string, string[]>();
    for (const name of names.filter((one) => !this.#leftOut.has(one))) {
      const key = this.#own ? name : plain(name);
      const others = alike.get(key);
      if (others) others.push(name);
      else alike.set(key, [name]);
    }
    const uses = importFields.flatMap((field) => {
      const column = this.#columnOf(field, alike);
      return column !== undefined && names.includes(column) ? [{ column, field }] : [];
    });
    const used = new Set(uses.map(({ column }) => column));
    // A hostile dump may have another key in every record.
    for (const use of uses) if (this.#used.size < 1000) this.#used.set(`${use.field} ${use.column}`, use);
    // `shown` looks at this layout.
    this.#layout = { names, uses };
    const { columns } = this.shown(names);
    for (const [at, name] of names.entries())
      if (this.#ignored.size < 100 && !used.has(name)) this.#ignored.set(name, columns[at] ?? '');
    return this.#layout;
  }

  #columnOf(field: ImportField, alike: ReadonlyMap<string, readonly string[]>): string | undefined {
    const mapped = this.#map.get(field);
    if (mapped !== undefined) return mapped;
    for (const usual of this.#own ? [field] : usualNames[field]) {
      // An address may also be the name.
      const free = (name: string) => (field === 'email' && !this.#own) || !this.#mapped.has(name);
      const name = alike.get(usual)?.find(free);
      if (name !== undefined) return name;
    }
    return undefined;
  }
}
