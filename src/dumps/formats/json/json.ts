import { objectFields } from '../../engine/fields.ts';
import { sketchJson } from '../../engine/json/head.ts';
import { type JsonShape, readJson } from '../../engine/json/reader.ts';
import type { DumpFormat } from '../../format.ts';

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
