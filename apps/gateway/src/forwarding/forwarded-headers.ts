import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Headers that concern one connection, not the request (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The body is sent on as it is, its length is known from it; `expect` has been answered already. */
const OWN = new Set(['host', 'content-length', 'expect']);
const NONE: ReadonlySet<string> = new Set();

export interface Origin {
  readonly ip: string;
  readonly protocol: string;
  readonly host: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** What the caller or our own span says; made up from the trace id otherwise. */
  readonly traceparent: string | undefined;
}

type Headers = Record<string, string | string[]>;

/** The headers of a request as the service gets them: who asked stands in `X-Forwarded-*`, and there is always a trace. */
export function requestHeaders(given: IncomingHttpHeaders, origin: Origin): Headers {
  return {
    ...withoutHopByHop(given, OWN),
    'x-forwarded-for': origin.ip,
    'x-forwarded-proto': origin.protocol,
    'x-forwarded-host': origin.host,
    traceparent: origin.traceparent ?? `00-${origin.traceId}-${randomBytes(8).toString('hex')}-01`,
  };
}

/** The headers of a service's answer as the client gets them. */
export const responseHeaders = (given: IncomingHttpHeaders): Headers => withoutHopByHop(given, NONE);

function withoutHopByHop(given: IncomingHttpHeaders, own: ReadonlySet<string>): Headers {
  const named = new Set((given.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const kept: Headers = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !own.has(name) && !named.has(name)) kept[name] = value;
  }
  return kept;
}
