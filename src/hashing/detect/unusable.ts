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
  return marker.startsWith('!') || /^(?:\**|\*(?:LK|LOCKED)\*.*|\*(?:NP|NL)\*|\*[01]|NP|LK)$/s.test(marker);
}
