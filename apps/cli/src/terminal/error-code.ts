/** The system's code (`ENOENT`, `ECONNREFUSED` …) of a thrown value or of its cause, '' when it has none. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? errorCode(error.cause) : '';
}
