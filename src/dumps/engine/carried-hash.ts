import { isObject } from './fields.ts';

/** Hashes that the crypt(3) of libxcrypt verifies: crypt(5), and the DES crypts that have no prefix. */
const crypt =
  /^(?:\$(?:1|2[aby]|3|5|6|7|y|gy|sha1|md5)[$,][\x21-\x39\x3b-\x7e]+|[./0-9A-Za-z]{13}|_[./0-9A-Za-z]{19})$/;

const argon2 =
  /^\$argon2(id|i|d)\$v=(19|16)\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** The hash as crypt(3) takes it, also out of `{CRYPT}`; `undefined` when it does not. */
export function cryptText(hash: string): string | undefined {
  const inner = /^\{crypt\}/i.test(hash) ? hash.slice('{CRYPT}'.length) : hash;
  return crypt.test(inner) ? inner : undefined;
}

/**
 * The hash as Apache takes it (https://httpd.apache.org/docs/2.4/misc/password_encryptions.html). Its bcrypt knows
 * `$2y$` but not `$2b$`, which is the same algorithm.
 */
export function htpasswdText(hash: string): string | undefined {
  if (/^\$apr1\$[^:\s]+$/.test(hash) || /^\{SHA\}[A-Za-z0-9+/]{27}=$/.test(hash)) return hash;
  const inner = cryptText(hash);
  if (inner === undefined || !/^\$(?:2[aby]|5|6)\$/.test(inner)) return undefined;
  return inner.replace(/^\$2b\$/, '$2y$');
}

/**
 * The hash as a value of `userPassword`: with its scheme in braces (RFC 2307), crypt(3)'s in `{CRYPT}`. OpenLDAP
 * knows SHA-2 and Argon2 by its modules pw-sha2 and argon2 (slapd-pw-argon2(5)).
 */
export function ldapText(hash: string): string | undefined {
  if (/^\{(?:S?MD5|S?SHA(?:256|384|512)?)\}[A-Za-z0-9+/]+={0,2}$/.test(hash)) return hash;
  if (argon2.test(hash)) return `{ARGON2}${hash}`;
  const inner = cryptText(hash);
  return inner === undefined ? undefined : `{CRYPT}${inner}`;
}

const djangoOwn =
  /^(?:pbkdf2_sha(?:1|256)\$\d+\$|scrypt\$\d+\$[^$]+\$\d+\$\d+\$|argon2\$argon2|bcrypt\$\$2[ab]\$|bcrypt_sha256\$\$2[ab]\$)/;

/** The hash as one of Django's hashers verifies it (django/contrib/auth/hashers.py). */
export function djangoText(hash: string): string | undefined {
  if (djangoOwn.test(hash)) return hash;
  if (argon2.test(hash)) return `argon2${hash}`;
  if (/^\$2[aby]\$\d\d\$[./0-9A-Za-z]{53}$/.test(hash)) return `bcrypt$${hash.replace(/^\$2y\$/, '$2b$')}`;
  return undefined;
}

/** The parts of a Keycloak credential that hold a password. */
export interface KeycloakPassword {
  readonly type: 'password';
  readonly secretData: string;
  readonly credentialData: string;
}

/**
 * The hash as a credential of Keycloak: one that came from there, PBKDF2 or Argon2 (its `Pbkdf2PasswordHashProvider`
 * and `Argon2PasswordHashProvider`).
 */
export function keycloakPassword(hash: string): KeycloakPassword | undefined {
  return keycloakOwn(hash) ?? keycloakPbkdf2(hash) ?? keycloakArgon2(hash);
}

function keycloakOwn(hash: string): KeycloakPassword | undefined {
  if (!hash.startsWith('{"')) return undefined;
  try {
    const parsed: unknown = JSON.parse(hash);
    if (!isObject(parsed)) return undefined;
    const { type, secretData, credentialData } = parsed;
    if (type !== 'password' || typeof secretData !== 'string' || typeof credentialData !== 'string')
      return undefined;
    return { type, secretData, credentialData };
  } catch {
    return undefined;
  }
}

function keycloakPbkdf2(hash: string): KeycloakPassword | undefined {
  const django = /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]+)\$([A-Za-z0-9+/]+={0,2})$/.exec(hash);
  if (django !== null) {
    const [, prf, iterations, salt = '', value = ''] = django;
    return pbkdf2(prf, iterations, Buffer.from(salt), Buffer.from(value, 'base64'));
  }
  const werkzeug = /^pbkdf2:(sha1|sha256|sha512):(\d{1,9})\$([^$]+)\$([0-9a-f]+)$/.exec(hash);
  if (werkzeug !== null) {
    const [, prf, iterations, salt = '', value = ''] = werkzeug;
    return pbkdf2(prf, iterations, Buffer.from(salt), Buffer.from(value, 'hex'));
  }
  const passlib = /^\$pbkdf2(-sha256|-sha512|)\$(\d{1,9})\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/.exec(hash);
  if (passlib === null) return undefined;
  const [, prf = '', iterations, salt = '', value = ''] = passlib;
  const bytes = (text: string) => Buffer.from(text.replaceAll('.', '+'), 'base64');
  return pbkdf2(prf.slice(1) || 'sha1', iterations, bytes(salt), bytes(value));
}

function pbkdf2(
  prf: string | undefined,
  iterations: string | undefined,
  salt: Buffer,
  value: Buffer,
): KeycloakPassword {
  const algorithm = prf === 'sha1' ? 'pbkdf2' : `pbkdf2-${prf}`;
  return credential(salt, value, { hashIterations: Number(iterations), algorithm, additionalParameters: {} });
}

function keycloakArgon2(hash: string): KeycloakPassword | undefined {
  const match = argon2.exec(hash);
  if (match === null) return undefined;
  const [, type = '', version, memory = '', passes, parallelism = '', salt = '', value = ''] = match;
  const bytes = Buffer.from(value, 'base64');
  const additionalParameters = {
    hashLength: [String(bytes.length)],
    memory: [memory],
    type: [type],
    version: [version === '19' ? '1.3' : '1.0'],
    parallelism: [parallelism],
  };
  const data = { hashIterations: Number(passes), algorithm: 'argon2', additionalParameters };
  return credential(Buffer.from(salt, 'base64'), bytes, data);
}

function credential(salt: Buffer, value: Buffer, data: object): KeycloakPassword {
  const secret = { value: value.toString('base64'), salt: salt.toString('base64'), additionalParameters: {} };
  return { type: 'password', secretData: JSON.stringify(secret), credentialData: JSON.stringify(data) };
}
