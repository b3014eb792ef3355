import { createHmac } from 'node:crypto';
import { bcryptScheme } from '../crypt/crypt.ts';
import type { HashScheme } from '../scheme.ts';
import { parsePrefixed } from './prefixed.ts';

/** PHP's `trim`, which takes these six characters and no other. */
function phpTrim(text: string): string {
  const blank = ' \n\r\t\v\0';
  let start = 0;
  let end = text.length;
  while (start < end && blank.includes(text.charAt(start))) start++;
  while (end > start && blank.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

const bcryptKey = (password: string) =>
  createHmac('sha384', 'wp-sha384').update(phpTrim(password), 'utf8').digest('base64');

/** WordPress 6.8 and later: `wp_hash_password` in wp-includes/pluggable.php. */
export const wordpressBcryptScheme: HashScheme = {
  id: 'wordpress-bcrypt',
  title: '$wp$2y$ (WordPress 6.8)',
  parse(text) {
    const hash = parsePrefixed(text, '$wp', bcryptScheme, bcryptKey);
    // PHP's password_verify knows bcrypt by this name alone.
    return (
      hash && {
        ...hash,
        takesOthersThan: (password) => phpTrim(password) !== password,
        text: (digest) => hash.text(digest).replace('$wp$2b$', '$wp$2y$'),
      }
    );
  },
};
