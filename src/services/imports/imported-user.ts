import { type LockKind, type Lockout, lockKinds, openLockout } from '../../domain/lockout.ts';
import { statusAt, type UserStatus } from '../../domain/user.ts';
import {
  isUserId,
  parseEmail,
  parsePersonalText,
  parseUsername,
  type UsernameRules,
} from '../../domain/username.ts';
import { countOf, hasHappened, Reject, rejecting, textOf, timeOf, truthOf } from './field-values.ts';
import type { ImportedFields, ImportField } from './fields.ts';

/** What a record says of a user, checked, before anything is known of the database. */
export interface ImportedUser {
  /** `undefined` for a new one. */
  id: string | undefined;
  username: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  disabled: boolean;
  mustChangePassword: boolean;
  passwordChangedAt: Date | null;
  expiresAt: Date | null;
  createdAt: Date | null;
  lastLoginAt: Date | null;
  /** What else an export of ours holds; it comes back as it was. */
  own: OwnFields | undefined;
}

/** What only an export of ours tells of a user. */
export interface OwnFields {
  emailVerifiedAt: Date | null;
  disabledAt: Date | null;
  lockedAt: Date | null;
  lockout: Lockout;
  createdBy: string;
  updatedAt: Date;
  updatedBy: string;
  deletedAt: Date | null;
  deletedBy: string | null;
  version: number;
}

/** Reads the fields of a record. Throws `Reject`. */
export function readImportedUser(fields: ImportedFields, rules: UsernameRules): ImportedUser {
  const text = (field: ImportField) => textOf(fields, field);
  const yes = (field: ImportField) => truthOf(fields, field);
  const username = text('username');
  if (username === null) throw new Reject('no-username', 'the record has no username');
  return rejecting(() => {
    const email = text('email');
    const own = fields.ownExport ? readOwnFields(fields) : undefined;
    return {
      id: readId(fields),
      // A name that was accepted once comes back, whatever the policy says today.
      username: parseUsername(username, own ? anyUsername : rules),
      email: email === null ? null : parseEmail(email),
      firstName: parsePersonalText(text('firstName') ?? '', 'first name'),
      lastName: parsePersonalText(text('lastName') ?? '', 'last name'),
      // Whatever kept somebody out there keeps them out here, until an operator decides.
      disabled:
        !own &&
        (yes('active') === false ||
          yes('disabled') === true ||
          yes('locked') === true ||
          hasHappened(fields, 'deletedAt')),
      mustChangePassword: yes('mustChangePassword') === true,
      passwordChangedAt: timeOf(fields, 'passwordChangedAt'),
      expiresAt: timeOf(fields, 'expiresAt'),
      createdAt: timeOf(fields, 'createdAt'),
      lastLoginAt: timeOf(fields, 'lastLoginAt'),
      own,
    };
  });
}

/** The status of the user as created at `now`. */
export function importedStatus({ disabled, expiresAt, own }: ImportedUser, now: Date): UserStatus {
  const disabledAt = disabled ? now : null;
  return statusAt({ deletedAt: null, disabledAt, expiresAt, lockout: openLockout, ...own }, now);
}

const anyUsername: UsernameRules = {
  ...{ minLength: 1, maxLength: 200, characters: "!#$%&'*+./=?@^_`{|}~-" },
  forbidConfusable: false,
};

function readId(fields: ImportedFields): string | undefined {
  const id = textOf(fields, 'id');
  if (id === null) return undefined;
  if (!isUserId(id)) throw new Reject('invalid-id', 'the id is not a UUID');
  return id.toLowerCase();
}

function readOwnFields(fields: ImportedFields): OwnFields {
  const now = new Date();
  const lockedAt = timeOf(fields, 'lockedAt');
  const lock = lockedAt && {
    until: timeOf(fields, 'lockedUntil') ?? ('unlocked' as const),
    reason: textOf(fields, 'lockReason'),
    kind: lockKindOf(fields),
  };
  return {
    emailVerifiedAt: timeOf(fields, 'emailVerifiedAt'),
    disabledAt: timeOf(fields, 'disabledAt'),
    lockedAt,
    lockout: {
      lock: lock ?? undefined,
      failures: countOf(fields, 'failedAttempts'),
      consecutiveFailures: countOf(fields, 'consecutiveFailures'),
    },
    createdBy: textOf(fields, 'createdBy') ?? '',
    updatedAt: timeOf(fields, 'updatedAt') ?? now,
    updatedBy: textOf(fields, 'updatedBy') ?? '',
    deletedAt: timeOf(fields, 'deletedAt'),
    deletedBy: textOf(fields, 'deletedBy'),
    version: Math.max(1, countOf(fields, 'version')),
  };
}

// An export of an older version does not say it: then nobody but an administrator unlocks the user.
function lockKindOf(fields: ImportedFields): LockKind {
  const text = textOf(fields, 'lockKind');
  const kind = text === null ? 'administrator' : lockKinds.find((one) => one === text);
  if (kind === undefined) throw new Reject('invalid-value', `the lockKind is not ${lockKinds.join(' or ')}`);
  return kind;
}
