import { quote } from '../../../domain/text.ts';
import { loginRefused } from '../../../services/logins.ts';
import { defineCommand } from '../../command.ts';
import { passwordOptions, readPassword } from '../../password-input.ts';
import { record } from '../../render/result.ts';
import { loginView } from '../../views/login.ts';

export const userLogin = defineCommand({
  name: 'user login <name>',
  description:
    'Exits 0 when the password is right and the user may log in, else 3 with one message, whatever the reason;\n' +
    'authctl audit show tells it. Refused logins are counted and lock the user as the policy says.',
  options: passwordOptions,
  examples: [
    'authctl user login alice',
    'authctl user login alice@example.org --password-stdin --json < password.txt',
  ],
  async run(context) {
    const { services, args, options } = context;
    const logins = await services.logins();
    const password = await readPassword(context, options);
    const login = await logins.login(args.name, password);
    if (login.outcome === 'refused') throw loginRefused();
    const must = login.mustChangePassword ? '; the password must be changed' : '';
    return record(loginView, login, { message: `login of ${quote(login.user.username)} ok${must}` });
  },
});
