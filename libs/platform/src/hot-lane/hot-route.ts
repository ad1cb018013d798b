import type { RouteShape } from '@assay/contracts';
import type { IncomingHttpHeaders } from 'node:http';

/** What is known of a call before its body is. */
export interface HotCall {
  readonly headers: IncomingHttpHeaders;
  /** The last part of the address, where the route has a parameter there; of letters, digits and `-._~` only. */
  readonly param: string;
  /** What stands behind the question mark. */
  readonly query: string;
}

/** An answer with JSON as its text; of a 304 nothing is sent but the tag. */
export interface HotAnswer {
  readonly status: number;
  readonly text: string;
  /** Of the text as it goes out; counted when it is not told. */
  readonly bytes?: number;
  readonly etag?: string;
}

/** Answers a call whose body was parsed. What it throws sends the call the ordinary way, where it is done again. */
export type HotWork = (body: unknown) => HotAnswer | Promise<HotAnswer>;

/** How a hot route takes a call without waiting: undefined leaves it to the ordinary way. */
export type HotHandler = (call: HotCall) => HotWork | undefined;

/** A route with its handler. */
export interface HotRoute {
  readonly route: RouteShape;
  readonly handler: HotHandler;
}

/** Counts calls against the limits that hold for all. */
export interface HotLimit {
  /** Headers that the answer gets; undefined when the call is one too many, which is then not counted here. */
  take(headers: IncomingHttpHeaders): readonly string[] | undefined;
  /** The call that was taken goes the ordinary way after all, where it is counted. */
  giveBack(headers: IncomingHttpHeaders): void;
}

/** Headers, names and values in turn, for a page of another origin that called a route. */
export type HotOrigins = (route: RouteShape, origin: string) => readonly string[];

/** What is told of each call that was answered. */
export interface HotAnswered {
  readonly method: string;
  /** The pattern, as metrics name it. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly traceId: string;
}
