import { closeSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuthctlError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../io/errno.ts';
import { createPrivate, syncFolder } from '../../../io/private-file.ts';

/**
 * Creates an empty file for a database, unless it exists. SQLite itself would create it with the umask's permissions,
 * which let others read it in most places. Throws `database-unusable`.
 */
export function createDatabaseFile(file: string): void {
  const refuse = (why: string, cause: unknown) =>
    new AuthctlError('database-unusable', `no database can be made at ${file}: ${why}`, {
      hint: `check the folder ${dirname(file)}`,
      cause,
    });
  try {
    closeSync(createPrivate(file));
    syncFolder(dirname(file));
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') throw refuse('its folder does not exist', error);
    if (code !== 'EEXIST') throw refuse(`it cannot be made there (${code})`, error);
    // Another program has created it meanwhile, or it is a link through which SQLite would create a file elsewhere.
    if (!statSync(file, { throwIfNoEntry: false })) throw refuse('it is a link that leads nowhere', error);
  }
}
