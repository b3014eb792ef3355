import { createHmac, randomBytes } from 'node:crypto';
import { identityKey } from '../../domain/username.ts';
import type { Repositories } from '../../store/index.ts';

const tagKeyName = 'audit-name-key';

/**
 * What an event says about a name that no user has, since people sometimes type their password there: 16 bits of an
 * HMAC with a key of the database. Equal tags hint at equal names, and nothing leads back to the name.
 */
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
