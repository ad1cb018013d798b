import { AppError } from '@assay/contracts';
import { TextMemo, type HotLane, type HotLimit } from '@assay/platform';
import rateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit';
import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { RequestCounts } from './request-counts.js';

export interface RequestLimits {
  /** Requests a minute of one token or api key; 0 is no limit. */
  readonly perCredential: number;
  /** Requests a minute of one address that shows no credential (logins, above all); 0 is no limit. */
  readonly perAddress: number;
}

const MINUTE_MS = 60_000;
const MOST_CLIENTS = 50_000;
const names = new TextMemo((credential) => `key:${hash('sha256', credential, 'base64')}`);

/**
 * Limits requests per credential, or per address where there is none, with `429` and `Retry-After`. Counts are kept in this
 * process: several gateways allow so many times as much. Health and metrics are never limited. Call before the server listens.
 *
 * @param lane counts against the same limits
 */
export async function limitRequests(fastify: FastifyInstance, limits: RequestLimits, lane: HotLane): Promise<void> {
  const counts = new RequestCounts(MINUTE_MS, MOST_CLIENTS);
  if (limits.perCredential > 0) lane.limitBy(laneLimit(counts, limits.perCredential));
  await fastify.register(rateLimit, {
    global: true,
    timeWindow: MINUTE_MS,
    store: storeOn(counts),
    keyGenerator: (request) => credentialOf(request.headers) ?? `ip:${request.ip}`,
    max: (_request, key) => (key.startsWith('key:') ? limits.perCredential : limits.perAddress),
    allowList: (request, key) =>
      isOperational(request) || (key.startsWith('key:') ? limits.perCredential : limits.perAddress) === 0,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('rate_limited', 'rate_limited', 'Too many requests. Wait and try again.', {
        retryAfter: Math.max(1, Math.ceil(ttl / 1_000)),
      }),
  });
}

/** The credential as a digest, never the secret itself. */
function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const credential = headers.authorization ?? headers['x-api-key'];
  return typeof credential === 'string' ? names.of(credential) : undefined;
}

/** The counts as the plugin wants to be given them. */
function storeOn(counts: RequestCounts) {
  return class Store implements FastifyRateLimitStore {
    incr(key: string, callback: Parameters<FastifyRateLimitStore['incr']>[1]): void {
      callback(null, counts.take(key));
    }

    child(): this {
      return this;
    }
  };
}

/** Calls on the lane always show a credential. One too many is taken back: the ordinary way counts it, and refuses it. */
function laneLimit(counts: RequestCounts, most: number): HotLimit {
  return {
    take(headers) {
      const client = credentialOf(headers) ?? '';
      const { current, ttl } = counts.take(client);
      if (current > most) {
        counts.giveBack(client);
        return undefined;
      }
      const seconds = Math.ceil(ttl / 1_000);
      return [
        ...['x-ratelimit-limit', String(most)],
        ...['x-ratelimit-remaining', String(most - current)],
        ...['x-ratelimit-reset', String(seconds)],
      ];
    },
    giveBack: (headers) => counts.giveBack(credentialOf(headers) ?? ''),
  };
}

const isOperational = ({ url }: FastifyRequest): boolean => url.startsWith('/health/') || url === '/metrics';
