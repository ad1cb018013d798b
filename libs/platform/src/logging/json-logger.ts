import type { LoggerService } from '@nestjs/common';
import { currentTrace } from '../tracing/trace-context.js';
import { errorFields } from './error-fields.js';
import { pino, type Logger as Pino } from 'pino';

/** Headers and fields that must never reach a log. */
const SECRETS = [
  'password',
  '*.password',
  'hashedPassword',
  '*.hashedPassword',
  'accessToken',
  'refreshToken',
  'authorization',
  '*.authorization',
  'headers["x-api-key"]',
  '*.headers["x-api-key"]',
];

/** What Nest tells of its own start, a line per route and module: of use to who looks for a fault in it. */
const CHATTER = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
]);

export interface LoggingSettings {
  readonly service: string;
  readonly level: string;
}

type Fields = Record<string, unknown>;
type WrittenLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * Nest's logger over pino: one JSON object a line on stdout. `logger.warn({fields}, 'text')` and `logger.warn('text')` both
 * work; Nest appends the context (the class) as the last argument.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Pino;

  constructor(settings: LoggingSettings) {
    this.pino = pino({
      level: settings.level,
      base: { service: settings.service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceFields,
      serializers: { err: errorFields },
      redact: { paths: SECRETS, censor: '[redacted]' },
    });
  }

  log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    this.write(typeof context === 'string' && CHATTER.has(context) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Whether lines of a level are written. */
  isLevelEnabled(level: WrittenLevel): boolean {
    return this.pino.isLevelEnabled(level);
  }

  private write(level: WrittenLevel, message: unknown, rest: unknown[]): void {
    if (!this.isLevelEnabled(level)) return;
    const texts = rest.filter((part): part is string => typeof part === 'string');
    const context = texts.at(-1);
    if (message instanceof Error) {
      this.pino[level]({ context, err: message }, message.message);
    } else if (typeof message === 'object' && message !== null) {
      const text = texts.length > 1 ? texts[0] : undefined;
      this.pino[level]({ context, ...(message as Fields) }, text);
    } else {
      const stack = level === 'error' && texts.length > 1 ? texts[0] : undefined;
      this.pino[level]({ context, ...(stack === undefined ? {} : { stack }) }, String(message));
    }
  }
}

/** The trace of the request or message at work; what a line says itself wins. */
function traceFields(): Fields {
  const trace = currentTrace();
  return trace === undefined ? {} : { traceId: trace.traceId };
}
