import { randomBytes } from 'node:crypto';
import { nameTagOf } from '../../domain/name-tag.ts';
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
  return nameTagOf(name, Buffer.from(String(key), 'hex'));
}
