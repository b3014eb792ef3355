import { confusableFault } from '../../domain/confusable-name.ts';
import { type Finding, passed, warning } from '../../domain/finding.ts';
import { quote } from '../../domain/text.ts';
import type { ServiceContext } from '../context.ts';
import { PolicyService } from '../policies.ts';

/** How many users one query reads. */
const pageSize = 5000;

/** Counts the users, deleted ones included, whose names people could take for others. Old names stay as they are. */
export async function confusableNameFindings(context: ServiceContext): Promise<Finding[]> {
  const { users } = context.store;
  let count = 0;
  let first: string | undefined;
  for (let after: string | undefined; ; ) {
    const page: { id: string; username: string }[] = await users.usernamePage(after, pageSize);
    for (const { username } of page) {
      const fault = confusableFault(username.normalize('NFC'));
      if (fault === undefined) continue;
      count += 1;
      first ??= `${quote(username)} ${fault}`;
    }
    if (page.length < pageSize) break;
    after = page.at(-1)?.id;
  }
  if (first === undefined) return [passed('usernames', 'none could be taken for another one')];
  const names = `${count} ${count === 1 ? 'username' : 'usernames'} could be taken for others, the first: ${first}`;
  const { usernameForbidConfusable } = await new PolicyService(context).get();
  if (!usernameForbidConfusable) return [passed('usernames', `${names}; the policy accepts such names`)];
  return [warning('usernames', names, 'see whose they are; authctl user set --username renames a user')];
}
