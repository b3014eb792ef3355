import { textsFor } from '../../../hashing/index.ts';
import { isObject } from '../../engine/fields.ts';
import { type DumpWriter, type ExportUser, type HashText, isLeftOut, type OnLoss } from '../../writer.ts';

/** Users of a realm as `kc.sh import` and the admin console's partial import take them. */
export const keycloakWriter: DumpWriter = {
  id: 'keycloak',
  title: 'users of a Keycloak realm',
  holds: [
    ...(['username', 'email', 'firstName', 'lastName', 'passwordHash', 'passwordChangedAt'] as const),
    ...(['mustChangePassword', 'disabledAt', 'createdAt'] as const),
  ],

  async *write(users, onLoss) {
    const hashText = await textsFor('keycloak');
    let separator = '\n';
    yield '{"users": [';
    for await (const page of users) {
      for (const user of page) {
        if (isLeftOut(user, onLoss)) continue;
        yield separator + JSON.stringify(representation(user, hashText, onLoss));
        separator = ',\n';
      }
    }
    yield '\n]}\n';
  },
};

function representation(user: ExportUser, hashText: HashText, onLoss: OnLoss): Record<string, unknown> {
  const { username, email, firstName, lastName, passwordHash, status } = user;
  const password = passwordHash === null ? undefined : credential(hashText(passwordHash));
  const isLost = passwordHash !== null && password === undefined;
  if (isLost)
    onLoss(user, 'passwordHash', 'Keycloak cannot verify the hash: the user must set a new password');
  if (status === 'locked' || status === 'expired')
    onLoss(user, 'status', `Keycloak has no ${status} users: disabled`);
  else if (user.expiresAt !== null) onLoss(user, 'expiresAt', 'Keycloak has no users who expire');
  const createdDate = user.passwordChangedAt === null ? undefined : Date.parse(user.passwordChangedAt);
  return {
    username,
    ...(email !== null && { email }),
    ...(firstName !== null && { firstName }),
    ...(lastName !== null && { lastName }),
    enabled: status === 'active',
    createdTimestamp: Date.parse(user.createdAt),
    credentials:
      password === undefined ? [] : [{ ...password, ...(createdDate !== undefined && { createdDate }) }],
    requiredActions: user.mustChangePassword || isLost ? ['UPDATE_PASSWORD'] : [],
  };
}

/** The object that a credential's JSON stands for. */
function credential(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
  return isObject(parsed) ? parsed : undefined;
}
