import { AppError, type RouteShape } from '@assay/contracts';
import { ROUTE, type AssayRequest } from '@assay/platform';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ANONYMOUS } from './actors.js';
import { Authenticator } from './authenticator.js';
import { refusalOf } from './refusal-of.js';
import { ScopeResolver } from './scope-resolver.js';
import { UNPROTECTED } from './unprotected.decorator.js';

/**
 * The one guard of every process: who is it, may it, and where. What it finds is at `request.assay`. A handler without a route
 * of the contracts is closed unless it is marked `@Unprotected()`.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly scopes: ScopeResolver,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages of the log come from the platform itself.
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(UNPROTECTED, targets) === true) return true;
    const route = this.reflector.get<RouteShape | undefined>(ROUTE, context.getHandler());
    if (route === undefined) throw AppError.forbidden('This address has no access rule and is closed.');
    const actor = route.access === 'public' ? ANONYMOUS : await this.authenticator.authenticate(context);
    const refusal = refusalOf(route.access, actor);
    if (refusal !== undefined) throw refusal;
    const request = context.switchToHttp().getRequest<AssayRequest>();
    request.assay = { actor, scope: await this.scopes.resolve(route.scope, actor, request.query) };
    return true;
  }
}
