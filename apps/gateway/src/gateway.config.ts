import {
  integerField,
  originsField,
  parseConfig,
  proxiesField,
  serviceUrlsField,
  type LogLevel,
} from '@assay/platform';
import { httpFields, type Environment } from '@assay/service';
import { z } from 'zod';
import type { ServiceName } from './forwarding/forward-requests.js';
import type { RequestLimits } from './limits/limit-requests.js';
import type { AllowedOrigins } from './origins/allow-origins.js';

const PORT = 8_080;

const addresses = z.string({ error: 'is missing; http://host:port' }).pipe(serviceUrlsField);

const GatewayEnvironment = z.object({
  ...httpFields(PORT),
  ASSAY_IDENTITY_URL: addresses,
  ASSAY_EXPERIMENTS_URL: addresses,
  ASSAY_FLAGS_URL: addresses,
  ASSAY_ASSIGNMENT_URL: addresses,
  ASSAY_INGESTION_URL: addresses,
  ASSAY_ANALYSIS_URL: addresses,
  ASSAY_REQUESTS_PER_MINUTE_PER_KEY: integerField(0, 100_000_000).default(0),
  ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS: integerField(0, 100_000_000).default(3_000),
  ASSAY_CORS_ORIGINS: originsField.default('*'),
  ASSAY_TRUSTED_PROXIES: proxiesField.optional(),
});

/** Settings of the gateway's process. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly limits: RequestLimits;
  /** Pages that may make the calls of client keys. */
  readonly origins: AllowedOrigins;
  /** Proxies in front whose `X-Forwarded-*` are believed. */
  readonly trustedProxies: string | undefined;
  readonly services: Readonly<Record<ServiceName, readonly string[]>>;
}

/** @throws ConfigError that names every variable that is missing or wrong. */
export function readConfig(environment: Environment): GatewayConfig {
  const parsed = parseConfig(GatewayEnvironment, environment);
  return {
    host: parsed.HOST,
    port: parsed.PORT,
    logLevel: parsed.LOG_LEVEL,
    limits: {
      perCredential: parsed.ASSAY_REQUESTS_PER_MINUTE_PER_KEY,
      perAddress: parsed.ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS,
    },
    origins: parsed.ASSAY_CORS_ORIGINS,
    trustedProxies: parsed.ASSAY_TRUSTED_PROXIES,
    services: {
      identity: parsed.ASSAY_IDENTITY_URL,
      experiments: parsed.ASSAY_EXPERIMENTS_URL,
      flags: parsed.ASSAY_FLAGS_URL,
      assignment: parsed.ASSAY_ASSIGNMENT_URL,
      ingestion: parsed.ASSAY_INGESTION_URL,
      analysis: parsed.ASSAY_ANALYSIS_URL,
    },
  };
}
