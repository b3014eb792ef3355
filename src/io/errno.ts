/**
 * The code of an error: of the system's (`ENOENT`, errno(3)), or of a library's (`SQLITE_BUSY`). `undefined` if it has
 * none.
 */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
