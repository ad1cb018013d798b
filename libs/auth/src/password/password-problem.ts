import { PASSWORD_LENGTH } from '@assay/contracts';

/** Parts of a person that make a poor password. */
export interface PasswordOwner {
  readonly username: string;
  readonly email: string;
}

/** What is wrong with a new password, or undefined. Length counts, mixtures of characters do not (NIST SP 800-63B §3.1.1). */
export function passwordProblem(password: string, owner: PasswordOwner): string | undefined {
  if (password.length < PASSWORD_LENGTH.min) return `must have at least ${PASSWORD_LENGTH.min} characters`;
  if (password.length > PASSWORD_LENGTH.max) return `must have at most ${PASSWORD_LENGTH.max} characters`;
  if (new Set(password).size < 4) return 'must have at least 4 different characters';
  const lower = password.toLowerCase();
  const obvious = [owner.username, owner.email, owner.email.split('@', 1)[0] ?? ''];
  if (obvious.some((word) => word.toLowerCase() === lower)) return 'must not be the user name or the e-mail address';
  return undefined;
}
