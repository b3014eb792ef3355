import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';

/** What a dump can say of a user. */
export const importFields = [
  'username',
  'email',
  'firstName',
  'lastName',
  'password',
  'active',
  'disabled',
  'locked',
  'deletedAt',
  'mustChangePassword',
  'expiresAt',
  'createdAt',
  'lastLoginAt',
] as const;
export type ImportField = (typeof importFields)[number];

// Usual names, the likeliest first, without regard to case, hyphens and underscores.
const usualNames: Readonly<Record<ImportField, readonly string[]>> = {
  username: ['username', 'user', 'login', 'loginname', 'userlogin', 'uid', 'account', 'accountname'],
  email: ['email', 'mail', 'emailaddress', 'useremail'],
  firstName: ['firstname', 'givenname', 'forename'],
  lastName: ['lastname', 'surname', 'familyname', 'sn'],
  password: ['password', 'pass', 'pwd', 'passwd', 'plainpassword', 'plaintextpassword'],
  active: ['isactive', 'active', 'enabled', 'isenabled'],
  disabled: ['disabled', 'isdisabled', 'inactive', 'suspended', 'isblocked', 'blocked'],
  locked: ['locked', 'islocked', 'accountlocked'],
  deletedAt: ['deletedat', 'deleted', 'isdeleted'],
  mustChangePassword: ['mustchangepassword', 'forcepasswordchange', 'passwordexpired'],
  expiresAt: ['expiresat', 'accountexpires', 'validuntil'],
  createdAt: ['createdat', 'created', 'datejoined', 'registeredat', 'signupdate', 'userregistered'],
  lastLoginAt: ['lastloginat', 'lastlogin', 'lastseen', 'lastsignedinat'],
};

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

/** Which column of a dump holds which field, as its records show by and by. */
export class FieldColumns {
  readonly #map: ReadonlyMap<ImportField, string>;
  /** What each column seen so far is taken for; a column may serve two fields, when it is mapped. */
  readonly #columns = new Map<string, ImportField[]>();
  readonly #ignored = new Set<string>();

  constructor(map: ReadonlyMap<ImportField, string>) {
    this.#map = map;
  }

  /** Columns that no field uses, at most a hundred of them. */
  get ignored(): string[] {
    return [...this.#ignored];
  }

  /** A column that was mapped and that a record with these columns lacks. */
  missing(names: readonly string[]): string | undefined {
    return [...this.#map.values()].find((column) => !names.includes(column));
  }

  /** The fields of one record. Where two columns are called the same thing, the likelier name wins. */
  pick(record: Readonly<Record<string, unknown>>): Partial<Record<ImportField, unknown>> {
    const found: Partial<Record<ImportField, unknown>> = {};
    const names = Object.keys(record);
    for (const name of names) {
      for (const field of this.#fieldsOf(name, names)) found[field] = record[name];
    }
    return found;
  }

  #fieldsOf(name: string, names: readonly string[]): readonly ImportField[] {
    const known = this.#columns.get(name);
    if (known) return known;
    const fields = importFields.filter((field) => this.#columnOf(field, names) === name);
    // A hostile dump may have another key in every record.
    if (this.#columns.size < 1000) this.#columns.set(name, fields);
    if (fields.length === 0 && this.#ignored.size < 100) this.#ignored.add(name);
    return fields;
  }

  #columnOf(field: ImportField, names: readonly string[]): string | undefined {
    const mapped = this.#map.get(field);
    if (mapped !== undefined) return mapped;
    const mappedColumns = new Set(this.#map.values());
    for (const usual of usualNames[field]) {
      const name = names.find((one) => plain(one) === usual);
      // A column that was mapped means what the map says, but for an address that is also the name.
      if (name !== undefined && (field === 'email' || !mappedColumns.has(name))) return name;
    }
    return undefined;
  }
}
