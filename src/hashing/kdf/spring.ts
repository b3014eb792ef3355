import { bcryptScheme } from '../crypt/crypt.ts';
import { utf8 } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';
import { argon2Scheme } from './argon2.ts';
import { parsePrefixed } from './prefixed.ts';
import { springDigestSchemes } from './spring-digest.ts';
import { springKdfSchemes } from './spring-kdf.ts';

/** Spring's NoOpPasswordEncoder: the password itself. */
const noopScheme: HashScheme = {
  id: 'spring-noop',
  title: '{noop} (Spring Security)',
  parse(text) {
    if (!text.startsWith('{noop}')) return undefined;
    const digest = utf8(text.slice('{noop}'.length));
    return {
      parameters: {},
      strength: 'none',
      digest,
      compute: utf8,
      text: (other = digest) => `{noop}${Buffer.from(other).toString('utf8')}`,
    };
  },
};

/** Everything that Spring Security's DelegatingPasswordEncoder writes, LDAP's forms apart. */
export const springSchemes: readonly HashScheme[] = [
  {
    id: 'spring-bcrypt',
    title: '{bcrypt} (Spring Security)',
    parse: (text) => parsePrefixed(text, '{bcrypt}', bcryptScheme),
  },
  {
    id: 'spring-argon2',
    title: '{argon2} (Spring Security)',
    parse: (text) =>
      parsePrefixed(text, '{argon2}', argon2Scheme) ??
      parsePrefixed(text, '{argon2@SpringSecurity_v5_8}', argon2Scheme),
  },
  ...springKdfSchemes,
  ...springDigestSchemes,
  noopScheme,
];
