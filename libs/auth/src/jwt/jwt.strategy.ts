import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { AUTH_SETTINGS, type AuthSettings } from '../auth-settings.js';
import type { JwtKey } from './jwt-keys.js';
import { DEFAULT_AUDIENCE, DEFAULT_ISSUER, strategyName } from './jwt-settings.js';
import type { TokenClaims } from './token-claims.js';

/**
 * passport-jwt over the configured keys: the token's `kid` chooses the key, and only that key's algorithm is taken.
 * It knows nothing of users: whether this one may still act is for the directory to say.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(@Inject(AUTH_SETTINGS) { jwt }: AuthSettings) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: unknown, done: unknown) =>
        keyFor(jwt.keys, String(token), done as KeyFound),
      issuer: jwt.issuer ?? DEFAULT_ISSUER,
      audience: jwt.audience ?? DEFAULT_AUDIENCE,
      algorithms: [...new Set(jwt.keys.map(({ algorithm }) => algorithm))],
    });
    passport.use(strategyName(jwt), this);
  }

  validate(payload: unknown): TokenClaims | false {
    if (typeof payload !== 'object' || payload === null || !('sub' in payload)) return false;
    const sessionId = 'sid' in payload ? payload.sid : null;
    if (typeof payload.sub !== 'string' || (sessionId !== null && typeof sessionId !== 'string')) return false;
    return { userId: payload.sub, sessionId };
  }
}

/** passport-jwt hands the key to jsonwebtoken, which takes a KeyObject; the types of the former do not know it. */
type KeyFound = (error: Error | null, key?: KeyObject) => void;

function keyFor(keys: readonly JwtKey[], token: string, done: KeyFound): void {
  const header = headerOf(token);
  const key = keys.find(({ kid, algorithm }) => kid === header?.kid && algorithm === header.alg);
  if (key === undefined) done(new Error('no such key'));
  else done(null, key.verifyWith);
}

function headerOf(token: string): { kid?: unknown; alg?: unknown } | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null ? header : undefined;
  } catch {
    return undefined;
  }
}
