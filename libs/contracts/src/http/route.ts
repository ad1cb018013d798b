import type { z } from 'zod';
import type { Permission } from './permission.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call: anybody (`public`), whoever is logged in (`authenticated`), or whoever holds a permission (a user by its
 * roles, an api key by its kind).
 */
export type Access = 'public' | 'authenticated' | Permission;

/**
 * Where the call acts. `project`: `?project=` (default `default`); `environment`: also `?environment=` (default
 * `production`). An api key brings its own project and environment. `none`: the whole installation.
 */
export type ScopeLevel = 'none' | 'project' | 'environment';

/**
 * What becomes of a request that is sent again under its `Idempotency-Key`. `true`: it has one effect and one answer, which is
 * kept for a day. `without`: so, but no record of the request holds these fields of its body. `shownOnce`: this field of the
 * answer is not kept, so that the second sending is a 409 that tells so. `by-handler`: nothing is kept; the handler makes what
 * the key says, once.
 */
export type Idempotency =
  true | { readonly without: readonly string[] } | { readonly shownOnce: string } | 'by-handler';

export interface RouteShape {
  readonly id: string;
  readonly method: HttpMethod;
  /** Full path with `:name` parameters, e.g. `/api/v1/experiments/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly scope: ScopeLevel;
  readonly params?: z.ZodObject;
  /** Without `project` and `environment`: those come from `scope`. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** `stream`: the body is not parsed by the server; the handler reads it (NDJSON). */
  readonly bodyMode?: 'json' | 'stream';
  readonly success: {
    readonly status: number;
    readonly schema?: z.ZodType;
    readonly description?: string;
    /** Said instead, with the same answer, when the call made what it writes to. */
    readonly created?: 201;
  };
  /** How it honours `Idempotency-Key` (POST only). */
  readonly idempotent?: Idempotency;
  /** A POST whose second sending changes nothing more and answers the same: a proxy may try it again. */
  readonly repeatable?: boolean;
  /**
   * How long the answer to a streamed body may take to begin once all of the body is there, milliseconds: in place of the
   * general limit of a proxy, for work that grows with the body.
   */
  readonly streamAnswerMs?: number;
}

/**
 * Declares one HTTP call. Controllers bind to it, the gateway routes by it, the OpenAPI document is made from it: there is
 * no other description of the interface.
 */
export function defineRoute<const R extends RouteShape>(route: R): R {
  return route;
}

type Parsed<S, Otherwise> = S extends z.ZodType ? z.output<S> : Otherwise;

export type ParamsOf<R extends RouteShape> = Parsed<R['params'], Record<never, never>>;
export type QueryOf<R extends RouteShape> = Parsed<R['query'], Record<never, never>>;
export type BodyOf<R extends RouteShape> = Parsed<R['body'], undefined>;
export type AnswerOf<R extends RouteShape> = R['success'] extends { schema: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
