import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { POOL } from '../database/database-settings.js';
import type { IdempotentRequest } from './idempotent-request.js';

/** How long an answer is kept. */
const KEPT_MS = 24 * 3_600_000;
/** After this long a call that never finished is taken for dead, and its key may be claimed anew. */
const ABANDONED_MS = 60_000;

/** Right to execute a request, taken at `claimedAt`. */
export interface Claim {
  readonly request: IdempotentRequest;
  readonly claimedAt: Date;
}

/** What is known of a key that somebody else holds. */
export interface Recorded {
  readonly hash: string;
  /** Null while the first call is running. */
  readonly status: number | null;
  readonly response: unknown;
}

/** The table `idempotency_keys`. One statement decides who executes a request, however many processes ask. */
@Injectable()
export class IdempotencyRepository {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** The claim, or what is recorded under the key. */
  async claim(request: IdempotentRequest, now: Date): Promise<Claim | Recorded> {
    const { rowCount } = await this.pool.query(CLAIM, [
      request.scope,
      request.key,
      request.method,
      request.path,
      request.hash,
      now,
      new Date(now.getTime() + KEPT_MS),
      new Date(now.getTime() - ABANDONED_MS),
    ]);
    if (rowCount === 1) return { request, claimedAt: now };
    const { rows } = await this.pool.query<Recorded>(READ, [request.scope, request.key]);
    // Released between the two statements: whoever held it failed, and the client is told to try again.
    return rows[0] ?? { hash: request.hash, status: null, response: null };
  }

  async finish({ request, claimedAt }: Claim, status: number, response: unknown): Promise<void> {
    await this.pool.query(FINISH, [request.scope, request.key, claimedAt, status, JSON.stringify(response ?? null)]);
  }

  async release({ request, claimedAt }: Claim): Promise<void> {
    await this.pool.query(RELEASE, [request.scope, request.key, claimedAt]);
  }

  async removeExpired(now: Date): Promise<void> {
    await this.pool.query('delete from experimentation.idempotency_keys where expires_at <= $1', [now]);
  }
}

const CLAIM = `
  insert into experimentation.idempotency_keys as held (scope, key, method, path, request_hash, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (scope, key) do update set
    method = excluded.method, path = excluded.path, request_hash = excluded.request_hash,
    status = null, response = null, created_at = excluded.created_at, expires_at = excluded.expires_at
  where held.expires_at <= $6 or (held.status is null and held.created_at <= $8)`;

const READ = `
  select request_hash as hash, status, response from experimentation.idempotency_keys where scope = $1 and key = $2`;

const OWN = `where scope = $1 and key = $2 and created_at = $3 and status is null`;
const FINISH = `update experimentation.idempotency_keys set status = $4, response = $5::jsonb ${OWN}`;
const RELEASE = `delete from experimentation.idempotency_keys ${OWN}`;
