import { parseConfig } from '@assay/platform';
import { z } from 'zod';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SECRET_BYTES = 32;

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const postgresUrl = z.string().refine(isPostgresUrl, 'must look like postgresql://user:password@host:5432/database');

const secret = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= SECRET_BYTES, `must have at least ${SECRET_BYTES} bytes`);

const Environment = z.object({
  PORT: integer(0, 65_535).default(8_080),
  HOST: z.string().default('127.0.0.1'),
  ASSAY_DATA_DIR: z.string().default('.assay'),
  ASSAY_ADMIN_PASSWORD: z.string().optional(),
  DATABASE_URL: postgresUrl.optional(),
  KAFKA_BROKERS: z.never('this version keeps its log in PostgreSQL; unset it').optional(),
  ASSAY_JWT_SECRET: secret.optional(),
  ASSAY_JWT_PREVIOUS_SECRET: secret.optional(),
  ASSAY_REQUESTS_PER_MINUTE_PER_KEY: integer(0, 100_000_000).default(0),
  ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS: integer(0, 100_000_000).default(3_000),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('warn'),
});

/** Settings of the process, from its environment. */
export interface StandaloneConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly adminPassword: string | undefined;
  /** A PostgreSQL of one's own; without it an embedded server is started. */
  readonly databaseUrl: string | undefined;
  readonly jwtSecret: string | undefined;
  /** Still good for verifying while tokens signed with it live. */
  readonly previousJwtSecret: string | undefined;
  /** Requests a minute; 0 is no limit. */
  readonly limits: { readonly perCredential: number; readonly perAddress: number };
  readonly logLevel: (typeof LEVELS)[number];
}

/** @throws ConfigError that names every variable that is wrong. */
export function readConfig(environment: Record<string, string | undefined>): StandaloneConfig {
  const parsed = parseConfig(Environment, environment);
  return {
    host: parsed.HOST,
    port: parsed.PORT,
    dataDir: parsed.ASSAY_DATA_DIR,
    adminPassword: parsed.ASSAY_ADMIN_PASSWORD,
    databaseUrl: parsed.DATABASE_URL,
    jwtSecret: parsed.ASSAY_JWT_SECRET,
    previousJwtSecret: parsed.ASSAY_JWT_PREVIOUS_SECRET,
    limits: {
      perCredential: parsed.ASSAY_REQUESTS_PER_MINUTE_PER_KEY,
      perAddress: parsed.ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS,
    },
    logLevel: parsed.LOG_LEVEL,
  };
}

function isPostgresUrl(text: string): boolean {
  try {
    return ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
