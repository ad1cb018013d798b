import type { AllowedOrigins } from '@assay/gateway';
import type { KafkaSettings } from '@assay/messaging';
import {
  integerField,
  logLevelField,
  originsField,
  parseConfig,
  passwordField,
  portField,
  postgresUrlField,
  proxiesField,
  secretField,
  type LogLevel,
} from '@assay/platform';
import { kafkaFields, kafkaOf, kafkaProblems } from '@assay/service';
import { z } from 'zod';

const Environment = z.object({
  PORT: portField.default(8_080),
  HOST: z.string().default('127.0.0.1'),
  ASSAY_DATA_DIR: z.string().default('.assay'),
  ASSAY_ADMIN_PASSWORD: passwordField.optional(),
  DATABASE_URL: postgresUrlField.optional(),
  ...kafkaFields,
  ASSAY_JWT_SECRET: secretField.optional(),
  ASSAY_JWT_PREVIOUS_SECRET: secretField.optional(),
  ASSAY_REQUESTS_PER_MINUTE_PER_KEY: integerField(0, 100_000_000).default(0),
  ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS: integerField(0, 100_000_000).default(3_000),
  ASSAY_CORS_ORIGINS: originsField.default('*'),
  ASSAY_TRUSTED_PROXIES: proxiesField.optional(),
  LOG_LEVEL: logLevelField.default('warn'),
});

/** Settings of the process, from its environment. */
export interface StandaloneConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly adminPassword: string | undefined;
  /** A PostgreSQL of one's own; without it an embedded server is started. */
  readonly databaseUrl: string | undefined;
  /** A Kafka of one's own; without it the log is in the database. */
  readonly kafka: KafkaSettings | undefined;
  readonly jwtSecret: string | undefined;
  /** Still good for verifying while tokens signed with it live. */
  readonly previousJwtSecret: string | undefined;
  /** Requests a minute; 0 is no limit. */
  readonly limits: { readonly perCredential: number; readonly perAddress: number };
  /** Pages that may make the calls of client keys. */
  readonly origins: AllowedOrigins;
  /** Proxies in front whose `X-Forwarded-*` are believed. */
  readonly trustedProxies: string | undefined;
  readonly logLevel: LogLevel;
}

/** @throws ConfigError that names every variable that is wrong. */
export function readConfig(environment: Record<string, string | undefined>): StandaloneConfig {
  const parsed = parseConfig(Environment, environment, kafkaProblems);
  return {
    host: parsed.HOST,
    port: parsed.PORT,
    dataDir: parsed.ASSAY_DATA_DIR,
    adminPassword: parsed.ASSAY_ADMIN_PASSWORD,
    databaseUrl: parsed.DATABASE_URL,
    kafka: kafkaOf(parsed, 'assay-standalone'),
    jwtSecret: parsed.ASSAY_JWT_SECRET,
    previousJwtSecret: parsed.ASSAY_JWT_PREVIOUS_SECRET,
    limits: {
      perCredential: parsed.ASSAY_REQUESTS_PER_MINUTE_PER_KEY,
      perAddress: parsed.ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS,
    },
    origins: parsed.ASSAY_CORS_ORIGINS,
    trustedProxies: parsed.ASSAY_TRUSTED_PROXIES,
    logLevel: parsed.LOG_LEVEL,
  };
}
