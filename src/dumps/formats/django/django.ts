import { isObject, type Mapped, notUser, objectFields } from '../../engine/fields.ts';
import { ForeignRecord } from '../../engine/foreign-record.ts';
import { sketchJson } from '../../engine/json/head.ts';
import { readJson } from '../../engine/json/reader.ts';
import type { DumpFormat } from '../../format.ts';
import { arrayShape } from '../json/json.ts';

/**
 * One object of `manage.py dumpdata` (https://docs.djangoproject.com/en/5.2/topics/serialization/). A user is one of
 * `auth.user` or of whatever model has a password: projects may have their own.
 */
export function djangoObject(value: unknown): Mapped {
  if (!isObject(value)) return objectFields(value);
  const { model, pk, fields: held } = value;
  if (typeof model !== 'string' || !isObject(held)) {
    return {
      problem: { code: 'malformed', message: 'the object has no model and fields as dumpdata writes them' },
    };
  }
  if (model !== 'auth.user' && typeof held.password !== 'string')
    return notUser('the object is of another model');
  const record = new ForeignRecord(held);
  const { fields } = record;
  const password = record.takeText('password');
  // `make_password(None)`: an exclamation mark and random characters, for users who cannot log in by password.
  if (password !== undefined && password !== '' && !password.startsWith('!')) fields.passwordHash = password;
  if (record.take('is_active') === false) fields.disabled = true;
  record.move('first_name', 'firstName');
  record.move('last_name', 'lastName');
  record.move('date_joined', 'createdAt');
  record.move('last_login', 'lastLoginAt');
  if (pk !== undefined && pk !== null) fields.pk = pk;
  return { fields };
}

/** What `manage.py dumpdata auth.user` writes. */
export const django: DumpFormat = {
  id: 'django',
  title: 'dumpdata of Django',

  detect(head, whole) {
    const { root, members } = sketchJson(head, whole);
    return root === 'array' && members.get('model') === 'string' && members.get('fields') === 'object';
  },

  read: (source) => readJson(source, { ...arrayShape, map: djangoObject }),
};
