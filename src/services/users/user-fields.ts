import type { Policy } from '../../domain/policy.ts';
import type { User } from '../../domain/user.ts';
import { parseEmail, parsePersonalText, parseUsername } from '../../domain/username.ts';
import type { Change } from '../changes/changes.ts';

/** Fields of a user to be set; `null` removes the value. */
export interface UserChanges {
  username?: string | undefined;
  email?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
  mustChangePassword?: boolean | undefined;
}

/** The change that sets fields of a user. Throws `invalid-username`, `invalid-email` or `invalid-name`. */
export function setting({ username, mustChangePassword, ...personal }: UserChanges, policy: Policy): Change {
  const given = definedOnly(personal);
  const checked = personalData(given);
  const fields: Partial<User> = {
    ...(username !== undefined && { username: parseUsername(username, usernameRules(policy)) }),
    ...('email' in given && { email: checked.email }),
    ...('firstName' in given && { firstName: checked.firstName }),
    ...('lastName' in given && { lastName: checked.lastName }),
    ...(mustChangePassword !== undefined && { mustChangePassword }),
  };
  return { action: 'user.set', change: () => fields };
}

/** The policy's rules for new usernames. */
export function usernameRules(policy: Policy) {
  return {
    minLength: policy.usernameMinLength,
    maxLength: policy.usernameMaxLength,
    characters: policy.usernameCharacters,
    forbidConfusable: policy.usernameForbidConfusable,
  };
}

interface PersonalData {
  email?: string | null | undefined;
  firstName?: string | null | undefined;
  lastName?: string | null | undefined;
}

/** Checked personal data. Throws `invalid-email` or `invalid-name`. */
export function personalData({ email, firstName, lastName }: PersonalData) {
  return {
    email: email ? parseEmail(email) : null,
    firstName: parsePersonalText(firstName ?? '', 'first name'),
    lastName: parsePersonalText(lastName ?? '', 'last name'),
  };
}

function definedOnly<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;
}

const optionalFields = [
  'email',
  'firstName',
  'lastName',
  'passwordHash',
  'mustChangePassword',
  'disabledAt',
] as const;
const eventNames: Partial<Record<(typeof optionalFields)[number], string>> = {
  passwordHash: 'password',
  disabledAt: 'disabled',
};

/** The names, for the audit event, of the fields in which a new user has a value. */
export function givenFields(user: User): string[] {
  return [
    'username',
    ...optionalFields.filter((field) => user[field]).map((field) => eventNames[field] ?? field),
  ];
}
