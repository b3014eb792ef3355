import type { Fields } from './fields.ts';

/**
 * Sets `firstName` and `lastName` of a name that a dump holds in one piece, where it does not hold them apart: the
 * last word is taken for the last name. Nothing is set by an empty name, or one that only repeats the username.
 */
export function setFullName(fields: Fields, fullName: string): void {
  const name = fullName.trim();
  const isKnown = fields.firstName !== undefined || fields.lastName !== undefined;
  if (name === '' || isKnown || name === fields.username || name === fields.email) return;
  const space = name.lastIndexOf(' ');
  fields.firstName = space === -1 ? name : name.slice(0, space).trimEnd();
  if (space !== -1) fields.lastName = name.slice(space + 1);
}
