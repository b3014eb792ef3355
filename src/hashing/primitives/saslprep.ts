// RFC 3454, table B.1 (mapped to nothing) and table C.1.2 (spaces other than U+0020).
const mappedToNothing = /\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]/gu;
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;

/**
 * SASLprep's mapping and normalisation (RFC 4013, sections 2.1 and 2.2). Its prohibitions are left out: there is no hash
 * of a password that they refuse, so such a password does not match any.
 */
export function saslprep(password: string): string {
  return password.replace(mappedToNothing, '').replace(otherSpaces, ' ').normalize('NFKC');
}
