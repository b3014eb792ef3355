import { v7 as uuidv7 } from 'uuid';

/** A new identifier. It is a UUIDv7, so that ids sort in the order in which they were made. */
export const newId = (): string => uuidv7();

/** Whether a text has the shape of an identifier: a UUID of any version. */
export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
