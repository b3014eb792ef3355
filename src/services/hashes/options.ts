import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { firebaseHashFormat } from '../../dumps/index.ts';
import {
  allSchemes,
  BadHashFormat,
  type FirebaseParameters,
  type HashFormat,
  type HashScheme,
  parseFirebaseParameters,
  parseGivenHashFormat,
} from '../../hashing/index.ts';
import { readSmallText, type Waiting } from '../../io/small-file.ts';

export { firebaseHashFormat };

/** How hashes that do not describe themselves are read. */
export interface HashReading {
  format: HashFormat | typeof firebaseHashFormat | undefined;
  firebase: FirebaseParameters | undefined;
  schemes: readonly HashScheme[];
}

/** How the hashes of a dump are read, from the options for that. Throws `usage`. */
export async function hashReading(
  hashFormat: string | undefined,
  firebase: FirebaseParameters | undefined,
): Promise<HashReading> {
  return { format: readHashFormat(hashFormat), firebase, schemes: await allSchemes() };
}

/** Reads `--hash-format`, if given. Throws `usage`. */
export function readHashFormat(text: string | undefined): HashReading['format'] {
  if (text === undefined) return undefined;
  if (text === firebaseHashFormat) return text;
  try {
    return parseGivenHashFormat(text);
  } catch (error) {
    if (error instanceof BadHashFormat) throw new AuthctlError('usage', `--hash-format: ${error.message}`);
    throw error;
  }
}

/** Reads the file of `--firebase-params`, if given. Throws `file-unusable`. */
export async function readParameters(
  path: string | undefined,
  waiting: Waiting,
): Promise<FirebaseParameters | undefined> {
  if (path === undefined) return undefined;
  const result = parseFirebaseParameters(
    await readSmallText(path, `the parameter file ${quote(path)}`, waiting),
  );
  if ('parameters' in result) return result.parameters;
  throw new AuthctlError('file-unusable', `${quote(path)}: ${result.problem}`, {
    hint: 'copy the password hash parameters from the Firebase console (Authentication, Users, menu)',
  });
}
