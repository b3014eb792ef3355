import { readFileSync } from 'node:fs';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';

/** The text of a certificate's or key's file that a database URL names. Throws `file-unusable`. */
export function readTlsFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AuthctlError('file-unusable', `the file ${quote(path)} of the database URL cannot be read`, {
      cause: error,
    });
  }
}
