import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { readSmallFileNow, whyUnreadable } from '../../../io/small-file.ts';

/** The text of a certificate's or key's file that a database URL names. Throws `file-unusable`. */
export function readTlsFile(path: string): string {
  try {
    return readSmallFileNow(path).toString('utf8');
  } catch (error) {
    const what = `the file ${quote(path)} of the database URL`;
    throw new AuthctlError('file-unusable', `${what} cannot be read (${whyUnreadable(error)})`, {
      cause: error,
    });
  }
}
