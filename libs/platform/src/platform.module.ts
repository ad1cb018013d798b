import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { Clock, SystemClock } from './clock/clock.js';
import { HealthChecks } from './health/health-checks.js';
import { HotLane } from './hot-lane/hot-lane.js';
import { EtagInterceptor } from './http/etag.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Metrics } from './metrics/metrics.js';

/** What every process has: the clock, health checks, metrics, problem documents, ETags. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    HealthChecks,
    HotLane,
    Metrics,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_INTERCEPTOR, useClass: EtagInterceptor },
  ],
  exports: [Clock, HealthChecks, HotLane, Metrics],
})
export class PlatformModule {}
