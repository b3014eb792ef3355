import type { DumpFormat } from './format.ts';
import { objectFields } from './reading/fields.ts';
import { sketchJson } from './reading/json-head.ts';
import { type JsonShape, readJson } from './reading/json-reader.ts';

/** A JSON array whose elements are users. */
export const arrayShape: JsonShape = {
  choose(path, kind) {
    if (path.length > 0) return 'take';
    return kind === 'array' ? 'enter' : { expected: 'an array of objects' };
  },
  map: (value) => objectFields(value),
};

/** A JSON array of objects, one for each user. */
export const json: DumpFormat = {
  id: 'json',
  title: 'JSON array of objects',
  detect: (head, whole) => sketchJson(head, whole).root === 'array',
  read: (source) => readJson(source, arrayShape),
};
