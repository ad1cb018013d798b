import type { JwtKey } from './jwt-keys.js';

export interface JwtSettings {
  /** The first signs, all verify: to rotate, put a new one in front and drop the old one 15 minutes later. */
  readonly keys: readonly [JwtKey, ...JwtKey[]];
  /** `iss` of the tokens (default `assay`). */
  readonly issuer?: string;
  /** `aud` of the tokens (default `assay`). */
  readonly audience?: string;
  /** How long an access token lives (default 900 s). */
  readonly accessTokenSeconds?: number;
}

export const DEFAULT_ISSUER = 'assay';
export const DEFAULT_AUDIENCE = 'assay';
export const DEFAULT_ACCESS_TOKEN_SECONDS = 900;

/** Passport keeps strategies in one global register; settings that differ must not overwrite each other there. */
export function strategyName({ keys, issuer = DEFAULT_ISSUER, audience = DEFAULT_AUDIENCE }: JwtSettings): string {
  return ['assay-jwt', issuer, audience, ...keys.map(({ kid }) => kid)].join(':');
}
