import { allRoutes, KEY_PERMISSIONS, openFlagStream, type RouteShape } from '@assay/contracts';
import type { HotLane } from '@assay/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Which pages of other origins may call: every one, or those named (`https://shop.example`); an empty list is none. */
export type AllowedOrigins = '*' | readonly string[];

/** Browsers keep the answer to a preflight two hours at most. */
const MAX_AGE_SECONDS = '7200';
/** What browsers may send besides what they always may. */
const REQUEST_HEADERS =
  'Authorization, X-API-Key, Content-Type, Content-Encoding, If-None-Match, Last-Event-ID, Cache-Control, Traceparent, Tracestate';
/** What scripts may read besides what they always may. */
const ANSWER_HEADERS = 'ETag, Retry-After, X-Trace-Id';

const isForClients = ({ access, id }: RouteShape): boolean =>
  (KEY_PERMISSIONS.client as readonly string[]).includes(access) || id === openFlagStream.id;

const clientRoutes = allRoutes.filter(isForClients).map(({ method, path }) => ({
  method,
  path: new RegExp(`^${path.replaceAll(/:[A-Za-z]+/g, '[^/]+')}$`),
}));

/**
 * Lets pages of other origins make the calls that a client key may make (OFREP, its streams, events), and no others. Credentials
 * of the browser are not allowed: the key is in a header or in the address. Call before the server listens, and before limits,
 * so that a refusal can be read as well.
 *
 * @param lane answers some of these calls itself
 */
export function allowOrigins(fastify: FastifyInstance, allowed: AllowedOrigins, lane: HotLane): void {
  if (allowed !== '*' && allowed.length === 0) return;
  lane.answerOrigins((route, origin) => (isForClients(route) ? originHeaders(origin, allowed).flat() : []));
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) {
      done();
      return;
    }
    const asked = request.headers['access-control-request-method'];
    const isPreflight = request.method === 'OPTIONS' && asked !== undefined;
    const method = isPreflight ? asked : request.method;
    if (isClientCall(method, request)) answerOrigin(reply, origin, allowed);
    if (isPreflight && reply.raw.hasHeader('access-control-allow-origin')) allow(reply, method);
    else done();
  });
}

function isClientCall(method: string, { url }: FastifyRequest): boolean {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  return clientRoutes.some((route) => route.method === method && route.path.test(path));
}

/** On the raw answer, where streams that bypass the framework carry it too. */
function answerOrigin({ raw }: FastifyReply, origin: string, allowed: AllowedOrigins): void {
  for (const [name, value] of originHeaders(origin, allowed)) raw.setHeader(name, value);
}

function originHeaders(origin: string, allowed: AllowedOrigins): (readonly [name: string, value: string])[] {
  const exposed = ['access-control-expose-headers', ANSWER_HEADERS] as const;
  if (allowed === '*') return [['access-control-allow-origin', '*'], exposed];
  const vary = ['vary', 'Origin'] as const;
  return allowed.includes(origin) ? [vary, ['access-control-allow-origin', origin], exposed] : [vary];
}

function allow(reply: FastifyReply, method: string): void {
  void reply
    .code(204)
    .headers({
      'access-control-allow-methods': method,
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': MAX_AGE_SECONDS,
    })
    .send();
}
