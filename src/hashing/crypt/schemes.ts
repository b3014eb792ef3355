import type { HashScheme } from '../scheme.ts';
import { bsdiCryptScheme, desCryptScheme, djangoCryptScheme } from './des.ts';
import { apr1Scheme, md5CryptScheme } from './md5.ts';
import { ntScheme } from './nt.ts';
import { scryptCryptScheme } from './scrypt.ts';
import { sha256CryptScheme, sha512CryptScheme } from './sha.ts';
import { sha1CryptScheme } from './sha1.ts';
import { sunMd5Scheme } from './sunmd5.ts';
import { gostYescryptScheme, yescryptCryptScheme } from './yescrypt.ts';

/** Every scheme of crypt(3) but bcrypt, and those two (apr1, Django's) that wrap one of them. */
export const cryptSchemes: readonly HashScheme[] = [
  yescryptCryptScheme,
  gostYescryptScheme,
  scryptCryptScheme,
  sha512CryptScheme,
  sha256CryptScheme,
  sha1CryptScheme,
  sunMd5Scheme,
  md5CryptScheme,
  apr1Scheme,
  ntScheme,
  bsdiCryptScheme,
  desCryptScheme,
  djangoCryptScheme,
];
