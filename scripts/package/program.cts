// The same of a program in CommonJS.
import { AuthctlError, openAuthctl } from 'authctl';

const [, , database = ''] = process.argv;

async function main(): Promise<void> {
  const missing: unknown = await openAuthctl({ database: `${database}-missing`, actor: 'my-app' }).catch(
    (error: unknown) => error,
  );
  if (!(missing instanceof AuthctlError) || missing.code !== 'database-missing')
    throw new Error('a missing database is not told');
  const authctl = await openAuthctl({ database, actor: 'my-app' });
  if ((await authctl.users.count()) !== 2)
    throw new Error('there are other users than the other program left');
  await authctl.close();
}
void main();
