import type { KafkaSettings } from '@assay/messaging';
import { logLevelField, parseConfig, postgresUrlField, type LogLevel } from '@assay/platform';
import { kafkaFields, kafkaOf, kafkaProblems, type Environment } from '@assay/service';
import { z } from 'zod';
import { DATABASE_SERVICES, type DatabaseService } from './roles/table-owners.js';

const password = z
  .string()
  .regex(/^[\x21-\x7e]{8,}$/, 'must have at least 8 characters, printable ASCII without spaces');

const variableOf = (service: DatabaseService) => `ASSAY_DB_PASSWORD_${service.toUpperCase()}` as const;

const MigrateEnvironment = z.object({
  DATABASE_URL: z
    .string({ error: 'is missing; postgresql://owner:password@host:5432/database' })
    .pipe(postgresUrlField),
  ...kafkaFields,
  ASSAY_DB_ROLE_PREFIX: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,40}$/, 'may have small letters, digits and underscores')
    .default('assay_'),
  ...Object.fromEntries(DATABASE_SERVICES.map((service) => [variableOf(service), password.optional()])),
  LOG_LEVEL: logLevelField.default('warn'),
});

/** Settings of the job. */
export interface MigrateConfig {
  /** The owner of the schema, who may make roles. */
  readonly databaseUrl: string;
  /** Where topics are created; without it none are. */
  readonly kafka: KafkaSettings | undefined;
  readonly rolePrefix: string;
  readonly passwords: Partial<Record<DatabaseService, string>>;
  readonly logLevel: LogLevel;
}

/** @throws ConfigError that names every variable that is missing or wrong. */
export function readConfig(environment: Environment): MigrateConfig {
  const parsed = parseConfig(MigrateEnvironment, environment, kafkaProblems);
  const given: Readonly<Record<string, unknown>> = parsed;
  const passwords = DATABASE_SERVICES.flatMap((service) => {
    const value = given[variableOf(service)];
    return typeof value === 'string' ? [[service, value] as const] : [];
  });
  return {
    databaseUrl: parsed.DATABASE_URL,
    kafka: kafkaOf(parsed, 'assay-migrate'),
    rolePrefix: parsed.ASSAY_DB_ROLE_PREFIX,
    passwords: Object.fromEntries(passwords),
    logLevel: parsed.LOG_LEVEL,
  };
}
