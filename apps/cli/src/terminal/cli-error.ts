/** Something the user can mend. `message` is all that is printed; the exit code is 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
