import { ab64Bytes, ab64Text, base64Bytes, base64Text, utf8Bytes } from '../primitives/encoding.ts';
import { pbkdf2Hash } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

// Both formats begin with the same prefix and have their rounds in hexadecimal; the digest tells them apart.
const ctaForm = /^\$p5k2\$([1-9a-f][0-9a-f]{0,11})\$([A-Za-z0-9_-]*={0,2})\$([A-Za-z0-9_-]{27}=)$/;
const dlitzForm = /^\$p5k2\$((?:[1-9a-f][0-9a-f]{0,11})?)\$([./A-Za-z0-9]*)\$([./A-Za-z0-9]{32})$/;
const dlitzDefaultRounds = 400;

const urlToStandard = (text: string) => text.replaceAll('-', '+').replaceAll('_', '/');
const urlBase64Text = (bytes: Uint8Array) => base64Text(bytes).replaceAll('+', '-').replaceAll('/', '_');

/** Cryptacular's PBKDF2: https://passlib.readthedocs.io/en/stable/lib/passlib.hash.cta_pbkdf2_sha1.html */
export const ctaPbkdf2Scheme: HashScheme = {
  id: 'cta-pbkdf2',
  title: '$p5k2$ by Cryptacular',
  parse(text) {
    const match = ctaForm.exec(text);
    if (!match) return undefined;
    const [, rounds = '', saltText = '', digestText = ''] = match;
    const [salt, digest] = [base64Bytes(urlToStandard(saltText)), base64Bytes(urlToStandard(digestText))];
    if (!salt || !digest) return undefined;
    const input = { prf: 'sha1', iterations: Number.parseInt(rounds, 16), salt } as const;
    const setting = `$p5k2$${rounds}$${urlBase64Text(salt)}$`;
    return pbkdf2Hash(input, digest, (other) => setting + urlBase64Text(other));
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
    const digest = ab64Bytes(digestText);
    if (!digest) return undefined;
    const iterations = hexRounds === '' ? dlitzDefaultRounds : Number.parseInt(hexRounds, 16);
    const rounds = iterations === dlitzDefaultRounds ? '' : hexRounds;
    const setting = `$p5k2$${rounds}$${salt}`;
    const input = { prf: 'sha1', iterations, salt: utf8Bytes(setting) } as const;
    return pbkdf2Hash(input, digest, (other) => `${setting}$${ab64Text(other)}`);
  },
};
