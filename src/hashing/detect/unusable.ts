/**
 * An exclamation mark alone, before a word, the mark of another system, a hash of crypt(3) or the 40 random characters
 * of Django. Before anything else it belongs to a format that is not known here.
 */
const locked = /^!+(?:[*x]*|[A-Za-z]{2,12}|[A-Za-z0-9]{40}|\$.*|[./0-9A-Za-z]{13}|_[./0-9A-Za-z]{19})$/s;

/**
 * `true` for what software writes in the place of a hash so that no password matches: Django's `!` and random
 * characters, the `!`, `*`, `!!`, `*LK*` and `*NP*` of shadow files (with a locked hash behind, which stays
 * locked), crypt(3)'s failures `*0` and `*1`, FreeBSD's `*LOCKED*`, the same in `{CRYPT}`, and nothing at all.
 */
export function isUnusable(text: string): boolean {
  const inCrypt = /^\{CRYPT\}/i.test(text);
  const marker = inCrypt ? text.slice('{CRYPT}'.length) : text;
  // `{CRYPT}x` is what migrationtools and NIS write for "elsewhere"; a bare `x` may be a short password.
  if (inCrypt && marker === 'x') return true;
  return locked.test(marker) || /^(?:\**|\*(?:LK|LOCKED)\*.*|\*(?:NP|NL)\*|\*[01]|NP|LK)$/s.test(marker);
}
