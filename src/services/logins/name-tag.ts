import { createHmac, randomBytes } from 'node:crypto';
import { identityKey } from '../../domain/username.ts';
import type { Repositories } from '../../store/index.ts';

const tagKeyName = 'audit-name-key';

// People type passwords where a name belongs. 16 bits tell whether two names were the same, and no more.
/** What an event says of a name that nobody has: the same for the same name, under a key of the database. */
export async function nameTag({ settings }: Pick<Repositories, 'settings'>, name: string): Promise<string> {
  let key = await settings.get(tagKeyName);
  if (typeof key !== 'string') {
    key = randomBytes(32).toString('hex');
    await settings.set(tagKeyName, key);
  }
  const digest = createHmac('sha256', Buffer.from(String(key), 'hex'))
    .update(identityKey(name), 'utf8')
    .digest('hex');
  return `hmac:${digest.slice(0, 4)}`;
}
