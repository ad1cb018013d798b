import type { KafkaSettings } from '@assay/messaging';
import {
  brokersField,
  logLevelField,
  parseConfig,
  portField,
  postgresUrlField,
  secretField,
  type LogLevel,
} from '@assay/platform';
import { z } from 'zod';
import { kafkaFields, kafkaOf, kafkaProblems } from './kafka-config.js';

export type Environment = Record<string, string | undefined>;

/** Settings that the process of every service has. */
export interface ServiceConfig {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly kafka: KafkaSettings;
  /** The one to sign with first, then those that still verify. */
  readonly jwtSecrets: readonly [string, ...string[]];
  readonly logLevel: LogLevel;
}

const missing = (what: string) => ({ error: `is missing; ${what}` });

/** Fields of a process that serves HTTP. `port` is where it listens unless told otherwise. */
export const httpFields = (port: number) => ({
  PORT: portField.default(port),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: logLevelField.default('info'),
});

const serviceFields = (port: number) => ({
  ...httpFields(port),
  ...kafkaFields,
  DATABASE_URL: z.string(missing('postgresql://user:password@host:5432/database')).pipe(postgresUrlField),
  KAFKA_BROKERS: z.string(missing('host:9092, several with commas between them')).pipe(brokersField),
  ASSAY_JWT_SECRET: z.string(missing('the secret, of 32 bytes or more, that all services share')).pipe(secretField),
  ASSAY_JWT_PREVIOUS_SECRET: secretField.optional(),
});

/**
 * Reads the settings of a service, and with them the fields that only this service has.
 *
 * @throws ConfigError that names every variable that is missing or wrong.
 */
export function readServiceConfig<F extends z.ZodRawShape>(
  environment: Environment,
  { name, port, fields }: { readonly name: string; readonly port: number; readonly fields: F },
): { config: ServiceConfig; own: z.output<z.ZodObject<F>> } {
  const common = z.object(serviceFields(port));
  // Both are asked at once, so that an operator sees all problems together.
  const parsed = parseConfig(common.and(z.object(fields)), environment, kafkaProblems) as z.output<typeof common> &
    z.output<z.ZodObject<F>>;
  const kafka = kafkaOf(parsed, `assay-${name}`);
  if (kafka === undefined) throw new Error('a parsed configuration names the brokers');
  const previous = parsed.ASSAY_JWT_PREVIOUS_SECRET;
  return {
    config: {
      host: parsed.HOST,
      port: parsed.PORT,
      databaseUrl: parsed.DATABASE_URL,
      kafka,
      jwtSecrets: [parsed.ASSAY_JWT_SECRET, ...(previous === undefined ? [] : [previous])],
      logLevel: parsed.LOG_LEVEL,
    },
    own: parsed,
  };
}
