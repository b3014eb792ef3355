import type { Problem } from '../format.ts';

/** What a record holds, before its names mean anything. */
export type Fields = Record<string, unknown>;

/** A record's fields, or why it gives none. */
export type Mapped = { readonly fields: Fields } | { readonly problem: Problem };

/** Fields without a prototype, so that a key such as `__proto__` is a key like any other. */
export function newFields(): Fields {
  return Object.create(null);
}

/** Whether a parsed value is an object with keys, not an array or a scalar. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own keys and values of a parsed object as fields. */
export function fieldsOf(value: Readonly<Record<string, unknown>>): Fields {
  const fields = newFields();
  for (const key of Object.keys(value)) fields[key] = value[key];
  return fields;
}

/** The fields of a parsed element, or the problem that it is no object. */
export function objectFields(value: unknown): Mapped {
  if (isObject(value)) return { fields: fieldsOf(value) };
  return malformed('the record is not a JSON object');
}

/** Why a record does not describe a user: it describes a group, for instance. */
export function notUser(message: string): Mapped {
  return { problem: { code: 'not-a-user', message } };
}

/** Why a record cannot be taken apart. The message must not quote it. */
export function malformed(message: string): Mapped {
  return { problem: { code: 'malformed', message } };
}
