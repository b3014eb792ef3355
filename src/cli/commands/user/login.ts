import { ownChangeCommand } from '../../../domain/explanation.ts';
import { quote } from '../../../domain/text.ts';
import type { UserRecord } from '../../../domain/user.ts';
import { loginRefused } from '../../../services/logins/logins.ts';
import { defineCommand } from '../../command.ts';
import { requireDelivery } from '../../delivery.ts';
import { passwordOptions, readPassword } from '../../input/passwords.ts';
import { flag } from '../../options.ts';
import { record } from '../../render/result.ts';
import { loginView, loginWithSessionView } from '../../views/login.ts';

export const userLogin = defineCommand({
  name: 'user login <name>',
  description:
    'Exits 0 if the password is right and the user may log in. Otherwise it exits 3, always with the same message;\n' +
    'authctl audit show has the reason. Refused logins are counted and lock the user as the policy says.',
  options: {
    ...passwordOptions,
    session: flag('--session', 'open a session; its token is printed once, alone on standard output'),
  },
  examples: [
    'authctl user login alice',
    'authctl user login alice --session --password-stdin < password.txt > token.txt',
    'authctl user login alice@example.org --password-stdin --json < password.txt',
  ],
  async run(context) {
    const { services, args, options, note } = context;
    if (options.session) await requireDelivery(context, 'the token');
    const password = await readPassword(context, options);
    if (options.session) {
      const sessions = await services.sessions();
      const login = await sessions.login(args.name, password);
      if (login.outcome === 'refused') throw loginRefused();
      const { user, followed, mustChangePassword } = login;
      if (!followed)
        await note(`no session until the password is changed: ${ownChangeCommand(user.username)}`);
      return record(loginWithSessionView, login, {
        message: okText(user, mustChangePassword),
        alone: followed?.token ?? null,
        ifLost:
          followed && `authctl session revoke ${followed.session.id} ends the session that nobody can use`,
      });
    }
    const logins = await services.logins();
    const login = await logins.login(args.name, password);
    if (login.outcome === 'refused') throw loginRefused();
    return record(loginView, login, { message: okText(login.user, login.mustChangePassword) });
  },
});

const okText = ({ username }: UserRecord, mustChange: boolean) =>
  `login of ${quote(username)} ok${mustChange ? '; the password must be changed' : ''}`;
