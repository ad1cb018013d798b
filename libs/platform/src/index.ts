export type { AssayRequest, Authenticated, Call, CallOrigin } from './http/call.js';
export { Endpoint, ROUTE } from './http/endpoint.decorator.js';
export { requireVersion, type IfMatch } from './http/if-match.js';
export { Input, SCOPE_PARAMETERS } from './http/input.decorator.js';
export { answerProblem } from './http/answer-problem.js';
export { anyLinesOf, linesOf, OverlongLine } from './http/lines-of.js';
export { TextMemo } from './http/text-memo.js';
export { ProblemFilter } from './http/problem.filter.js';
export { toAppError } from './http/to-app-error.js';
export { asUnavailable } from './database/connection-errors.js';
export { DatabaseModule } from './database/database.module.js';
export { POOL, type DatabaseSettings } from './database/database-settings.js';
export { ConfigError, parseConfig } from './config/parse-config.js';
export {
  brokersField,
  integerField,
  logLevelField,
  originsField,
  passwordField,
  portField,
  postgresUrlField,
  proxiesField,
  secretField,
  serviceUrlsField,
  type LogLevel,
} from './config/fields.js';
export { Clock, SystemClock } from './clock/clock.js';
export { JsonLogger, type LoggingSettings } from './logging/json-logger.js';
export { EtagInterceptor } from './http/etag.interceptor.js';
export { pageOf, type ListRules } from './list/page-of.js';
export { PlatformModule } from './platform.module.js';
export { IdempotencyModule } from './idempotency/idempotency.module.js';
export { StartupError, systemCode } from './bootstrap/startup-error.js';
export { randomSecret, secretFile } from './bootstrap/secret-file.js';
export { prepareDataDirectory } from './bootstrap/data-directory.js';
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres/embedded-postgres.js';
export { pageOfValues, type ValueRules } from './list/page-of-values.js';
export { createHttpApp, type HttpAppOptions } from './bootstrap/create-http-app.js';
export { checkPort, listen, type ListenAddress } from './bootstrap/listen.js';
export { parseJson } from './bootstrap/parse-json.js';
export { readBody } from './bootstrap/read-body.js';
export { runProcess, type RunOptions, type Stop } from './bootstrap/run-process.js';
export { newTraceId, traceIdOf } from './bootstrap/trace-id.js';
export { HotLane } from './hot-lane/hot-lane.js';
export type { HotAnswer, HotCall, HotHandler, HotLimit, HotOrigins, HotWork } from './hot-lane/hot-route.js';
export { HealthChecks, type HealthCheck, type Readiness } from './health/health-checks.js';
export { Metrics, type Reading } from './metrics/metrics.js';
export { currentTrace, withTrace, type TraceContext } from './tracing/trace-context.js';
export { inSpan } from './tracing/in-span.js';
export { isTracingAsked, startTracing } from './tracing/start-tracing.js';
export {
  installTracing,
  tracing,
  type RunningSpan,
  type SpanAttributes,
  type SpanKind,
  type SpanRequest,
  type Tracing,
} from './tracing/tracing.js';
export { removeData } from './embedded-postgres/remove-data.js';
