import { portableScheme } from './phpass.ts';

// Drupal cuts the text at 55 characters (DRUPAL_HASH_LENGTH), so that 258 of the 512 bits are left. The two
// bits that fill no byte are kept in the text and not compared: includes/password.inc of Drupal 7.
const tail = '([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{43})$';
const bytes = 32;

/** Drupal 7 to 10.0: phpass with SHA-512. */
export const drupal7Scheme = portableScheme({
  id: 'drupal7',
  title: 'Drupal 7 ($S$)',
  pattern: new RegExp(`^\\$S\\$${tail}`),
  prefix: '$S$',
  algorithm: 'sha512',
  bytes,
});

/** Drupal's upgrade from version 6 hashed the stored MD5 in hexadecimal, as if it were the password. */
export const drupal7Md5Scheme = portableScheme({
  id: 'drupal7-md5',
  title: 'Drupal 7 over MD5 (U$S$)',
  pattern: new RegExp(`^U\\$S\\$${tail}`),
  prefix: 'U$S$',
  algorithm: 'sha512',
  bytes,
  overMd5: true,
});
