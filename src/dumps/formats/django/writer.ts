import { textsFor } from '../../../hashing/index.ts';
import {
  type DumpWriter,
  type ExportUser,
  type HashText,
  isLeftOut,
  type OnLoss,
  writeArray,
} from '../../writer.ts';

/** What Django's `make_password(None)` begins with: no password is right. */
const unusable = '!';

/**
 * Objects of `auth.user` as `manage.py loaddata` takes them; without a key, so that they are added. bcrypt needs
 * `BCryptPasswordHasher` in `PASSWORD_HASHERS`, where Django does not put it by itself.
 */
export const djangoWriter: DumpWriter = {
  id: 'django',
  title: 'loaddata of Django',
  holds: [
    ...(['username', 'email', 'firstName', 'lastName', 'passwordHash', 'disabledAt'] as const),
    ...(['createdAt', 'lastLoginAt'] as const),
  ],
  async *write(users, onLoss) {
    const hashText = await textsFor('django');
    yield* writeArray(users, (user) => object(user, hashText, onLoss));
  },
};

function object(user: ExportUser, hashText: HashText, onLoss: OnLoss): Record<string, unknown> | undefined {
  if (isLeftOut(user, onLoss)) return undefined;
  const { status, passwordHash } = user;
  const password = passwordHash === null ? undefined : hashText(passwordHash);
  if (passwordHash !== null && password === undefined) {
    onLoss(user, 'passwordHash', 'Django cannot verify the hash: no password is right');
  }
  if (status === 'locked' || status === 'expired')
    onLoss(user, 'status', `Django has no ${status} users: not active`);
  else if (user.expiresAt !== null) onLoss(user, 'expiresAt', 'Django has no users who expire');
  return {
    model: 'auth.user',
    fields: {
      username: user.username,
      email: user.email ?? '',
      first_name: user.firstName ?? '',
      last_name: user.lastName ?? '',
      password: password ?? unusable,
      is_active: status === 'active',
      is_staff: false,
      is_superuser: false,
      date_joined: user.createdAt,
      last_login: user.lastLoginAt,
      groups: [],
      user_permissions: [],
    },
  };
}
