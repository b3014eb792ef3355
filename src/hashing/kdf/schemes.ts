import type { HashScheme } from '../scheme.ts';
import { aspnetIdentityV2Scheme, aspnetIdentityV3Scheme } from './aspnet.ts';
import { atlassianPbkdf2Scheme } from './atlassian.ts';
import { betterAuthScheme } from './better-auth.ts';
import { djangoKdfSchemes } from './django.ts';
import { dovecotPbkdf2Scheme } from './dovecot-pbkdf2.ts';
import { fbscryptScheme } from './firebase.ts';
import { fshpScheme } from './fshp.ts';
import { grubPbkdf2Scheme } from './grub.ts';
import { keycloakScheme } from './keycloak.ts';
import { ctaPbkdf2Scheme, dlitzPbkdf2Scheme } from './p5k2.ts';
import { passlibPbkdf2Schemes } from './passlib-pbkdf2.ts';
import { phcScryptScheme } from './phc-scrypt.ts';
import { scramScheme } from './scram.ts';
import { springSchemes } from './spring.ts';
import { werkzeugPbkdf2Scheme, werkzeugScryptScheme } from './werkzeug.ts';
import { wordpressBcryptScheme } from './wordpress.ts';

/**
 * The formats over a key derivation function, and those of the frameworks that wrap one, in the order in which
 * the registry tries them: those told by a prefix, then those told by their shape alone.
 */
export const kdfSchemes: readonly HashScheme[] = [
  phcScryptScheme,
  ...passlibPbkdf2Schemes,
  dovecotPbkdf2Scheme,
  scramScheme,
  ctaPbkdf2Scheme,
  dlitzPbkdf2Scheme,
  fbscryptScheme,
  wordpressBcryptScheme,
  werkzeugPbkdf2Scheme,
  werkzeugScryptScheme,
  ...djangoKdfSchemes,
  grubPbkdf2Scheme,
  atlassianPbkdf2Scheme,
  fshpScheme,
  ...springSchemes,
  keycloakScheme,
  betterAuthScheme,
  aspnetIdentityV3Scheme,
  aspnetIdentityV2Scheme,
];
