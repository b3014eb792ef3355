import type { HashScheme } from '../scheme.ts';

export { argon2idScheme, argon2Raw, argon2Schemes, argon2Text } from './argon2.ts';
export { betterAuthScheme, isBetterAuthText, nodeScryptText } from './better-auth.ts';
export { firebaseHash } from './firebase.ts';
export { type FirebaseParameters, parseFirebaseParameters } from './firebase-parameters.ts';

/** Loads the schemes over a key derivation function, in the order in which they are tried. */
export async function loadKdfSchemes(): Promise<readonly HashScheme[]> {
  return (await import('./schemes.ts')).kdfSchemes;
}
