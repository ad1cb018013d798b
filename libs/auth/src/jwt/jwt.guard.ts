import { AppError } from '@assay/contracts';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { TokenClaims } from './token-claims.js';

/** Where passport leaves what it found. */
export const CLAIMS_PROPERTY = 'tokenClaims';

/** Runs the passport strategy for a request with a bearer token and says 401 in our words. */
@Injectable()
export class JwtGuard extends AuthGuard() {
  /** The verified claims. @throws AppError `unauthenticated` */
  async claims(context: ExecutionContext): Promise<TokenClaims> {
    await this.canActivate(context);
    const claims = context.switchToHttp().getRequest<{ [CLAIMS_PROPERTY]?: TokenClaims }>()[CLAIMS_PROPERTY];
    if (claims === undefined) throw AppError.unauthenticated();
    return claims;
  }

  override handleRequest<T = TokenClaims>(error: unknown, claims: T | false | null | undefined, info: unknown): T {
    if (error instanceof Error) throw error;
    if (claims) return claims;
    const expired = info instanceof Error && info.name === 'TokenExpiredError';
    throw AppError.unauthenticated(
      expired ? 'The access token has expired: refresh it.' : 'The access token is not valid.',
    );
  }
}
