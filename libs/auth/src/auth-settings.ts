import type { JwtSettings } from './jwt/jwt-settings.js';
import type { PasswordCost } from './password/password-hasher.js';

/** How long the guard may go by what it has read of users, keys and projects. */
export interface DirectoryCacheSettings {
  /** Seconds a found entry is good for (default 10): the longest a revocation in another process can take. */
  readonly hitSeconds?: number;
  /** Seconds a "does not exist" is good for (default 2). */
  readonly missSeconds?: number;
  /** Seconds a found entry may still serve while the database cannot be reached (default 3,600). */
  readonly staleSeconds?: number;
  /** Most entries of each kind (default 10,000); the ones not used for longest go first. */
  readonly entries?: number;
}

export interface AuthSettings {
  readonly jwt: JwtSettings;
  readonly cache?: DirectoryCacheSettings;
  /** argon2id parameters; lower them only in tests. */
  readonly passwordCost?: PasswordCost;
}

/** Injection token of the settings. */
export const AUTH_SETTINGS = Symbol('assay:auth-settings');
