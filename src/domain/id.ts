import { v7 as uuidv7 } from 'uuid';

/** A new identifier. It is a UUIDv7, so that ids sort in the order in which they were made. */
export const newId = (): string => uuidv7();
