/** The facts about a refresh token that decide what a use of it means. */
export interface RefreshTokenFacts {
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** `reused`: a token of an open session that was traded before, so two parties hold it. */
export type SessionState = 'open' | 'ended' | 'expired' | 'reused';

export function sessionState(token: RefreshTokenFacts, now: Date): SessionState {
  if (token.revokedAt !== null) return 'ended';
  if (token.usedAt !== null) return 'reused';
  return token.expiresAt <= now ? 'expired' : 'open';
}
