import { createHmac } from 'node:crypto';
import { identityKey } from './username.ts';

/** 16 bits of an HMAC of a name. Equal tags hint at equal names, and nothing leads back to the name. */
export const nameTagOf = (name: string, key: Buffer): string =>
  `hmac:${createHmac('sha256', key).update(identityKey(name), 'utf8').digest('hex').slice(0, 4)}`;

/** Whether a text has the form of a tag; no id of a user has. */
export const isNameTag = (text: string): boolean => /^hmac:[0-9a-f]{4}$/.test(text);
