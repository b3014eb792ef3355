import { fileURLToPath } from 'node:url';
import { AuthctlError } from '../../../domain/errors.ts';

/** The file that a path or URL of SQLite names; `:memory:` for a database that is gone when it is closed. */
export function sqliteFile(location: string): string {
  if (/^memory:/i.test(location)) return ':memory:';
  if (/^sqlite:\/\//i.test(location)) return urlPath(location.replace(/^sqlite:/i, 'file:'));
  return location.replace(/^sqlite:/i, '');
}

function urlPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new AuthctlError('settings-invalid', 'the database URL names no file of this machine', {
      hint: 'use a path, or sqlite:///path/to/file.db',
      cause: error,
    });
  }
}
