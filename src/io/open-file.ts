import { constants, openSync } from 'node:fs';

/** Opens a file to read; a pipe at once, whether or not somebody writes into it. Throws errors of the system. */
export const openWithoutWaiting = (path: string): number =>
  // Windows has no such flag, and no pipes among its files.
  openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
