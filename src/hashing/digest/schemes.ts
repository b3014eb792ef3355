import type { HashScheme } from '../scheme.ts';
import { drupal7Md5Scheme, drupal7Scheme } from './drupal.ts';
import { ldapSchemes } from './ldap.ts';
import { lmScheme } from './lm.ts';
import { mssql2005Scheme, mssql2012Scheme } from './mssql.ts';
import { mysql41Scheme, mysql323Scheme } from './mysql.ts';
import { oracle11Scheme } from './oracle.ts';
import { phpassMd5Scheme, phpassScheme } from './phpass.ts';
import { plaintextScheme } from './plaintext.ts';
import { rawDigestSchemes } from './raw-digests.ts';

/** Digests, salted or stretched by hand, and plaintext. No two of these take the same text. */
export const digestSchemes: readonly HashScheme[] = [
  phpassScheme,
  drupal7Scheme,
  ...ldapSchemes,
  ...rawDigestSchemes,
  mysql41Scheme,
  mssql2005Scheme,
  mssql2012Scheme,
  oracle11Scheme,
  drupal7Md5Scheme,
  phpassMd5Scheme,
  mysql323Scheme,
  lmScheme,
  plaintextScheme,
];
