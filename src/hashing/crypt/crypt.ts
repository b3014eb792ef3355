import type { HashScheme } from '../scheme.ts';

export { bcryptScheme, bcryptSha256Key, bcryptSha256Scheme, fitsBcrypt } from './bcrypt.ts';
export { ntText } from './nt.ts';

/** Loads every scheme of crypt(3) but bcrypt, and those that put a prefix before one of them. */
export async function loadCryptSchemes(): Promise<readonly HashScheme[]> {
  return (await import('./schemes.ts')).cryptSchemes;
}
