import { readFileSync } from 'node:fs';
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
import { errnoOf } from '../../io/errno.ts';

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
export function readParameters(path: string | undefined): FirebaseParameters | undefined {
  if (path === undefined) return undefined;
  const result = parseFirebaseParameters(readText(path));
  if ('parameters' in result) return result.parameters;
  throw new AuthctlError('file-unusable', `${quote(path)}: ${result.problem}`, {
    hint: 'copy the password hash parameters from the Firebase console (Authentication, Users, menu)',
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown';
    throw new AuthctlError('file-unusable', `the parameter file ${quote(path)} cannot be read (${code})`, {
      cause: error,
    });
  }
}
