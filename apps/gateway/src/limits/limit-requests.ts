import { AppError } from '@assay/contracts';
import rateLimit from '@fastify/rate-limit';
import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface RequestLimits {
  /** Requests a minute of one token or api key; 0 is no limit. */
  readonly perCredential: number;
  /** Requests a minute of one address that shows no credential (logins, above all); 0 is no limit. */
  readonly perAddress: number;
}

/**
 * Limits requests per credential, or per address where there is none, with `429` and `Retry-After`. Counts are kept in this
 * process: several gateways allow so many times as much. Health and metrics are never limited. Call before the server listens.
 */
export async function limitRequests(fastify: FastifyInstance, limits: RequestLimits): Promise<void> {
  await fastify.register(rateLimit, {
    global: true,
    timeWindow: 60_000,
    cache: 50_000,
    keyGenerator: clientOf,
    max: (_request, key) => (key.startsWith('key:') ? limits.perCredential : limits.perAddress),
    allowList: (request, key) =>
      isOperational(request) || (key.startsWith('key:') ? limits.perCredential : limits.perAddress) === 0,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('rate_limited', 'rate_limited', 'Too many requests. Wait and try again.', {
        retryAfter: Math.max(1, Math.ceil(ttl / 1_000)),
      }),
  });
}

/** The credential as a digest (never the secret itself), else the address. */
function clientOf(request: FastifyRequest): string {
  const credential = request.headers.authorization ?? request.headers['x-api-key'];
  return typeof credential === 'string' ? `key:${hash('sha256', credential, 'base64')}` : `ip:${request.ip}`;
}

const isOperational = ({ url }: FastifyRequest): boolean => url.startsWith('/health/') || url === '/metrics';
