import { isActor } from '../../domain/caller.ts';
import { type Lock, type LockKind, lockKinds, openLockout } from '../../domain/lockout.ts';
import { statusAt, type User, type UserStatus } from '../../domain/user.ts';
import {
  isUserId,
  parseEmail,
  parsePersonalText,
  parseUsername,
  type UsernameRules,
} from '../../domain/username.ts';
import { countOf, flagsOf, hasHappened, Reject, rejecting, textOf, timeOf, truthOf } from './field-values.ts';
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

/** What only an export of ours tells of a user; what it does not say is as for any user who is created. */
export type OwnFields = Pick<User, 'emailVerifiedAt' | 'disabledAt' | 'lockedAt' | 'lockout' | 'deletedAt'> &
  Pick<User, 'deletedBy' | 'version'> &
  Partial<Pick<User, 'createdBy' | 'updatedAt' | 'updatedBy'>>;

/**
 * Flags of Active Directory's accounts: disabled, and trusted domains, computers and domain controllers
 * (https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties).
 */
const [accountDisabled, noPerson] = [0x2, 0x800 | 0x1000 | 0x2000];

/** Times at which a user was kept out. */
const momentsOut = ['deletedAt', 'disabledAt', 'lockedAt'] as const;

/** Throws `Reject` for an account that is no person's; such accounts have names that no user may have. */
export function requirePerson(fields: ImportedFields): void {
  if ((flagsOf(fields, 'userAccountControl') & noPerson) === 0) return;
  throw new Reject('not-a-user', 'the account is of a computer or a domain');
}

/** Reads the username of a record. Throws `Reject`. */
export function readUsername(fields: ImportedFields, rules: UsernameRules): string {
  const username = textOf(fields, 'username');
  if (username === null) throw new Reject('no-username', 'the record has no username');
  return rejecting(() => parseUsername(username, rules));
}

/** Reads the other fields of a record. Throws `Reject`. */
export function readImportedUser(fields: ImportedFields, username: string): ImportedUser {
  const text = (field: ImportField) => textOf(fields, field);
  const yes = (field: ImportField) => truthOf(fields, field);
  return rejecting(() => {
    const email = text('email');
    const own = fields.ownExport ? readOwnFields(fields) : undefined;
    return {
      id: readId(fields),
      username,
      email: email === null ? null : parseEmail(email),
      firstName: parsePersonalText(text('firstName') ?? '', 'first name'),
      lastName: parsePersonalText(text('lastName') ?? '', 'last name'),
      // Whatever kept somebody out there keeps them out here, until an operator decides.
      disabled:
        !own &&
        (yes('active') === false ||
          yes('disabled') === true ||
          yes('locked') === true ||
          (flagsOf(fields, 'userAccountControl') & accountDisabled) !== 0 ||
          momentsOut.some((field) => hasHappened(fields, field))),
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

function readId(fields: ImportedFields): string | undefined {
  const id = textOf(fields, 'id');
  if (id === null) return undefined;
  if (!isUserId(id)) throw new Reject('invalid-id', 'the id is not a UUID');
  return id.toLowerCase();
}

function readOwnFields(fields: ImportedFields): OwnFields {
  const emailVerifiedAt = timeOf(fields, 'emailVerifiedAt');
  if (emailVerifiedAt && textOf(fields, 'email') === null)
    throw new Reject('invalid-value', 'the emailVerifiedAt has no email');
  const [createdBy, updatedBy] = [actorOf(fields, 'createdBy'), actorOf(fields, 'updatedBy')];
  const updatedAt = timeOf(fields, 'updatedAt');
  const lockedAt = timeOf(fields, 'lockedAt');
  return {
    emailVerifiedAt,
    disabledAt: timeOf(fields, 'disabledAt'),
    lockedAt,
    lockout: {
      lock: lockedAt ? lockOf(fields) : undefined,
      failures: countOf(fields, 'failedAttempts'),
      consecutiveFailures: countOf(fields, 'consecutiveFailures'),
    },
    ...(createdBy !== null && { createdBy }),
    ...(updatedAt !== null && { updatedAt }),
    ...(updatedBy !== null && { updatedBy }),
    deletedAt: timeOf(fields, 'deletedAt'),
    deletedBy: actorOf(fields, 'deletedBy'),
    version: Math.max(1, countOf(fields, 'version')),
  };
}

function lockOf(fields: ImportedFields): Lock {
  return {
    until: timeOf(fields, 'lockedUntil') ?? 'unlocked',
    reason: parsePersonalText(textOf(fields, 'lockReason') ?? '', 'reason of the lock'),
    kind: lockKindOf(fields),
  };
}

/** Who did something, as our own records name them. */
function actorOf(fields: ImportedFields, field: ImportField): string | null {
  const actor = textOf(fields, field);
  if (actor === null || isActor(actor)) return actor;
  throw new Reject('invalid-value', `the ${field} cannot be the name of an actor`);
}

// An export of an older version does not say it: then nobody but an administrator unlocks the user.
function lockKindOf(fields: ImportedFields): LockKind {
  const text = textOf(fields, 'lockKind');
  const kind = text === null ? 'administrator' : lockKinds.find((one) => one === text);
  if (kind === undefined) throw new Reject('invalid-value', `the lockKind is not ${lockKinds.join(' or ')}`);
  return kind;
}
