import type { ExportUser } from '../writer.ts';

/** What our own formats hold of a user: all but what follows from the rest. */
export type OwnField = Exclude<keyof ExportUser, 'locked'>;

/** The fields of our own formats, in their order. An import takes such a record for what it is: a user of ours. */
export const ownFields = [
  ...(['id', 'username', 'email', 'emailVerifiedAt', 'firstName', 'lastName', 'status'] as const),
  ...([
    'passwordHash',
    'passwordChangedAt',
    'mustChangePassword',
    'disabledAt',
    'lockedAt',
    'lockedUntil',
  ] as const),
  ...([
    'lockReason',
    'lockKind',
    'failedAttempts',
    'consecutiveFailures',
    'expiresAt',
    'lastLoginAt',
  ] as const),
  ...(['createdAt', 'createdBy', 'updatedAt', 'updatedBy', 'deletedAt', 'deletedBy', 'version'] as const),
] as const satisfies readonly OwnField[];

/** Fields that an export of an older version lacks. */
const newerFields: readonly string[] = ['lockKind'];

/**
 * Whether a record has all fields of our own formats in their order and no others: the mark of an export in JSON,
 * which has no place for another one.
 */
export function isOwnRecord(names: readonly string[]): boolean {
  if (names.length > ownFields.length) return false;
  const expected = ownFields.filter((field) => names.includes(field) || !newerFields.includes(field));
  return expected.length === names.length && expected.every((field, at) => field === names[at]);
}

/** The fields alone. They are written out because that is several times faster than a loop over their names. */
export function ownRecord(user: ExportUser): Readonly<Record<OwnField, string | number | boolean | null>> {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    emailVerifiedAt: user.emailVerifiedAt,
    firstName: user.firstName,
    lastName: user.lastName,
    status: user.status,
    passwordHash: user.passwordHash,
    passwordChangedAt: user.passwordChangedAt,
    mustChangePassword: user.mustChangePassword,
    disabledAt: user.disabledAt,
    lockedAt: user.lockedAt,
    lockedUntil: user.lockedUntil,
    lockReason: user.lockReason,
    lockKind: user.lockKind,
    failedAttempts: user.failedAttempts,
    consecutiveFailures: user.consecutiveFailures,
    expiresAt: user.expiresAt,
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt,
    createdBy: user.createdBy,
    updatedAt: user.updatedAt,
    updatedBy: user.updatedBy,
    deletedAt: user.deletedAt,
    deletedBy: user.deletedBy,
    version: user.version,
  };
}
