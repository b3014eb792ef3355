/**
 * The name by which an error of the system is known, such as `ENOENT` (errno(3)), or that of the library which threw
 * it, such as `SQLITE_BUSY`; `undefined` for any other error.
 */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
