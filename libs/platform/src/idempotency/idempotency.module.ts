import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Clock } from '../clock/clock.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IdempotencyRepository } from './idempotency.repository.js';

const SWEEP_MS = 600_000;

/**
 * Makes every route with `idempotent: true` honour `Idempotency-Key`. For the root module of a process that answers HTTP;
 * needs the DatabaseModule beside it and the PlatformModule before it (so that replayed answers have their ETag).
 */
@Module({ providers: [IdempotencyRepository, { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor }] })
export class IdempotencyModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    // Expired keys no longer count; removing them only saves room, so a sweep that fails is left to the next.
    this.timer = setInterval(
      () => void this.repository.removeExpired(this.clock.now()).catch(() => undefined),
      SWEEP_MS,
    ).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
