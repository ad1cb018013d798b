/** The process cannot start, and the operator can do something about it. `message` is the one line that is printed. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** The system error code (`EACCES`, `EADDRINUSE` …) of a thrown value, '' for anything else. */
export function systemCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
