import {
  decodeAdaptedBase64,
  decodeBase64Url,
  encodeAdaptedBase64,
  encodeBase64Url,
  utf8,
} from '../primitives/encoding.ts';
import { pbkdf2Hash } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

// Both formats begin with the same prefix and have their rounds in hexadecimal; the digest tells them apart.
const ctaForm = /^\$p5k2\$([1-9a-f][0-9a-f]{0,11})\$([A-Za-z0-9_-]*={0,2})\$([A-Za-z0-9_-]{27}=)$/;
const dlitzForm = /^\$p5k2\$((?:[1-9a-f][0-9a-f]{0,11})?)\$([./A-Za-z0-9]*)\$([./A-Za-z0-9]{32})$/;
const dlitzDefaultRounds = 400;

/** Cryptacular's PBKDF2: https://passlib.readthedocs.io/en/stable/lib/passlib.hash.cta_pbkdf2_sha1.html */
export const ctaPbkdf2Scheme: HashScheme = {
  id: 'cta-pbkdf2',
  title: '$p5k2$ by Cryptacular',
  parse(text) {
    const match = ctaForm.exec(text);
    if (!match) return undefined;
    const [, rounds = '', saltText = '', digestText = ''] = match;
    const [salt, digest] = [decodeBase64Url(saltText), decodeBase64Url(digestText)];
    if (!salt || !digest) return undefined;
    const input = { prf: 'sha1', iterations: Number.parseInt(rounds, 16), salt } as const;
    const setting = `$p5k2$${rounds}$${encodeBase64Url(salt)}$`;
    return pbkdf2Hash(input, digest, (other) => setting + encodeBase64Url(other));
  },
};

/**
 * Dwayne Litzenberger's PBKDF2, whose salt is the whole setting, as written:
 * https://passlib.readthedocs.io/en/stable/lib/passlib.hash.dlitz_pbkdf2_sha1.html
 */
export const dlitzPbkdf2Scheme: HashScheme = {
  id: 'dlitz-pbkdf2',
  title: '$p5k2$ by Litzenberger',
  parse(text) {
    const match = dlitzForm.exec(text);
    if (!match) return undefined;
    const [, hexRounds = '', salt = '', digestText = ''] = match;
    const digest = decodeAdaptedBase64(digestText);
    if (!digest) return undefined;
    const iterations = hexRounds === '' ? dlitzDefaultRounds : Number.parseInt(hexRounds, 16);
    const rounds = iterations === dlitzDefaultRounds ? '' : hexRounds;
    const setting = `$p5k2$${rounds}$${salt}`;
    const input = { prf: 'sha1', iterations, salt: utf8(setting) } as const;
    return pbkdf2Hash(input, digest, (other) => `${setting}$${encodeAdaptedBase64(other)}`);
  },
};
