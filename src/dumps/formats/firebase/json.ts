import { isObject, objectFields } from '../../engine/fields.ts';
import { sketchJson } from '../../engine/json/head.ts';
import { type JsonShape, readJson } from '../../engine/json/reader.ts';
import type { DumpFormat } from '../../format.ts';
import { firebaseUser } from './user.ts';

/** `{"users": […]}`: the elements are users. */
const usersShape: JsonShape = {
  choose(path, kind) {
    if (path.length === 0)
      return kind === 'object' ? 'enter' : { expected: 'an object with a list of users' };
    if (path.length === 1) return path[0] === 'users' && kind === 'array' ? 'enter' : 'skip';
    return 'take';
  },
  map: (value) => (isObject(value) ? firebaseUser(value) : objectFields(value)),
};

/** What `firebase auth:export users.json` writes. */
export const firebaseJson: DumpFormat = {
  id: 'firebase-json',
  title: 'JSON of firebase auth:export',

  detect(head, whole) {
    const { root, inner, members } = sketchJson(head, whole);
    return root === 'object' && members.get('users') === 'array' && inner.has('localId');
  },

  read: (source) => readJson(source, usersShape),
};
