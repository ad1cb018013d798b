/** What a verified access token says. */
export interface TokenClaims {
  readonly userId: string;
  /** Family of the session's refresh tokens; null for a token that belongs to no session. */
  readonly sessionId: string | null;
}
