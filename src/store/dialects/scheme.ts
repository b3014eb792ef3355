/** The scheme of a location's URL, in lower case; a location without one is a path of SQLite. */
export function schemeOf(location: string): string {
  // A scheme has two letters at least: `c:` is a drive.
  return /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase() ?? 'sqlite';
}
