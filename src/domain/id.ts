import { v7 as uuidv7 } from 'uuid';

/** A new identifier: UUIDv7, so that the newest sort last. */
export const newId = (): string => uuidv7();
