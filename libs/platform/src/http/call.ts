import type { Actor, BodyOf, ParamsOf, QueryOf, RouteShape, Scope } from '@assay/contracts';
import type { FastifyRequest } from 'fastify';
import type { IfMatch } from './if-match.js';

/** What the edge knows of a request once it is authenticated, authorised and parsed. */
export interface Call<R extends RouteShape> {
  readonly actor: Actor;
  /** Filled as far as the route's `scope` says; reading more than declared is a mistake. */
  readonly scope: Scope;
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  /** Versions asked for by `If-Match`, if any. */
  readonly ifMatch: IfMatch | undefined;
  /** `Idempotency-Key`, where the route leaves it to its handler. */
  readonly idempotencyKey: string | undefined;
  readonly origin: CallOrigin;
}

/** Where a call came from; goes into the audit. */
export interface CallOrigin {
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly traceId: string;
}

/** Set by the authentication guard of @assay/auth, read by `@Input()`. */
export interface Authenticated {
  readonly actor: Actor;
  readonly scope: Scope;
}

/** A request as it passes through guards and interceptors. */
export type AssayRequest = FastifyRequest & { assay?: Authenticated; traceId?: string };
