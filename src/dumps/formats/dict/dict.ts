import { fieldsOf, isObject, type Mapped, malformed, newFields } from '../../engine/fields.ts';
import { sketchJson } from '../../engine/json/head.ts';
import { type JsonShape, readJson } from '../../engine/json/reader.ts';
import type { DumpFormat } from '../../format.ts';

const dictShape: JsonShape = {
  choose(path, kind) {
    if (path.length > 0) return 'take';
    return kind === 'object' ? 'enter' : { expected: 'an object with user names as keys' };
  },
  map: userOf,
};

function userOf(value: unknown, username: string | undefined): Mapped {
  if (username === undefined) {
    return { problem: { code: 'not-text', message: 'the user name is not text, or is larger than 1 MiB' } };
  }
  if (isObject(value)) {
    if (Object.hasOwn(value, 'username') && value.username !== username) {
      return malformed('the record holds another username than its key');
    }
    return { fields: Object.assign(newFields(), { username }, fieldsOf(value)) };
  }
  if (typeof value !== 'string') {
    return malformed('the value is neither a password nor an object');
  }
  return { fields: Object.assign(newFields(), { username, password: value }) };
}

/** The legacy application's own file: one JSON object from user names to passwords, or to objects. */
export const legacyDict: DumpFormat = {
  id: 'dict',
  title: 'JSON object from user names to passwords',
  detect: (head, whole) => sketchJson(head, whole).isDict,
  read: (source) => readJson(source, dictShape),
};
