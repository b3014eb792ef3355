import { keycloakPassword } from '../../engine/carried-hash.ts';
import { type DumpWriter, type ExportUser, isLeftOut, type OnLoss } from '../../writer.ts';

/** Users of a realm as `kc.sh import` and the admin console's partial import take them. */
export const keycloakWriter: DumpWriter = {
  id: 'keycloak',
  title: 'users of a Keycloak realm',
  holds: [
    ...(['username', 'email', 'firstName', 'lastName', 'passwordHash', 'passwordChangedAt'] as const),
    ...(['mustChangePassword', 'disabledAt', 'createdAt'] as const),
  ],

  async *write(users, onLoss) {
    let separator = '\n';
    yield '{"users": [';
    for await (const page of users) {
      for (const user of page) {
        if (isLeftOut(user, onLoss)) continue;
        yield separator + JSON.stringify(representation(user, onLoss));
        separator = ',\n';
      }
    }
    yield '\n]}\n';
  },
};

function representation(user: ExportUser, onLoss: OnLoss): Record<string, unknown> {
  const { username, email, firstName, lastName, passwordHash, status } = user;
  const password = passwordHash === null ? undefined : keycloakPassword(passwordHash);
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
