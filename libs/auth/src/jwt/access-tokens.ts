import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AUTH_SETTINGS, type AuthSettings } from '../auth-settings.js';
import { DEFAULT_ACCESS_TOKEN_SECONDS, DEFAULT_AUDIENCE, DEFAULT_ISSUER } from './jwt-settings.js';
import type { TokenClaims } from './token-claims.js';

/** Signs access tokens: JWTs that say who (`sub`) and in which session (`sid`), and nothing of what they may do. */
@Injectable()
export class AccessTokens {
  readonly expiresIn: number;
  private readonly jwt = new JwtService();

  constructor(@Inject(AUTH_SETTINGS) private readonly settings: AuthSettings) {
    this.expiresIn = settings.jwt.accessTokenSeconds ?? DEFAULT_ACCESS_TOKEN_SECONDS;
  }

  /** @throws Error where the process has only public keys. */
  async sign({ userId, sessionId }: TokenClaims): Promise<string> {
    const { keys, issuer = DEFAULT_ISSUER, audience = DEFAULT_AUDIENCE } = this.settings.jwt;
    const { kid, algorithm, signWith } = keys[0];
    if (signWith === undefined) throw new Error('This process has no private key to sign access tokens with.');
    return this.jwt.signAsync(sessionId === null ? {} : { sid: sessionId }, {
      privateKey: signWith,
      algorithm,
      keyid: kid,
      issuer,
      audience,
      subject: userId,
      jwtid: randomUUID(),
      expiresIn: this.expiresIn,
    });
  }
}
