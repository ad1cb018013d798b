import { type ConfigError } from '@assay/platform';
import { readConfig } from './standalone.config.js';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

it('needs nothing to be set', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8_080,
    dataDir: '.assay',
    adminPassword: undefined,
    databaseUrl: undefined,
    kafka: undefined,
    jwtSecret: undefined,
    previousJwtSecret: undefined,
    limits: { perCredential: 0, perAddress: 3_000 },
    origins: '*',
    trustedProxies: undefined,
    logLevel: 'warn',
  });
});

it('takes an empty variable for one that is not set, and does not mind others', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', KAFKA_BROKERS: '', HOME: '/root' })).toEqual(readConfig({}));
});

it('names everything that is wrong at once', () => {
  expect(
    problemsOf({
      PORT: '80a',
      DATABASE_URL: 'mysql://x/y',
      ASSAY_JWT_SECRET: 'short',
      LOG_LEVEL: 'loud',
      KAFKA_BROKERS: 'kafka://b:9092',
      KAFKA_USERNAME: 'u',
      ASSAY_ADMIN_PASSWORD: 'x'.repeat(201),
      ASSAY_TRUSTED_PROXIES: 'nginx',
    }),
  ).toEqual([
    'PORT: must be a whole number from 0 to 65535',
    'ASSAY_ADMIN_PASSWORD: must have at most 200 characters',
    'DATABASE_URL: must look like postgresql://user:password@host:5432/database',
    'KAFKA_BROKERS: must look like host:9092 (several with commas between them)',
    'ASSAY_JWT_SECRET: must have at least 32 bytes',
    'ASSAY_TRUSTED_PROXIES: must be addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal (several with commas between them)',
    'LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent',
    'KAFKA_PASSWORD: is missing; it goes together with KAFKA_USERNAME',
  ]);
  for (const PORT of ['65536', '-1', '1e3', '8080 ']) expect(problemsOf({ PORT })).toHaveLength(1);
});

it('reads what is set', () => {
  const secret = 's'.repeat(32);
  expect(
    readConfig({
      PORT: '0',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgres://u:p@h/d',
      ASSAY_JWT_SECRET: secret,
      LOG_LEVEL: 'info',
    }),
  ).toMatchObject({ port: 0, host: '0.0.0.0', databaseUrl: 'postgres://u:p@h/d', jwtSecret: secret, logLevel: 'info' });
});

it('takes a Kafka of one’s own, with a login where it asks for one', () => {
  expect(readConfig({ KAFKA_BROKERS: 'a:9092, b:9093,' }).kafka).toEqual({
    brokers: ['a:9092', 'b:9093'],
    clientId: 'assay-standalone',
    replicationFactor: 1,
    security: { ssl: false },
  });
  const login = { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p', KAFKA_SSL: 'true', KAFKA_REPLICATION_FACTOR: '3' };
  expect(readConfig({ KAFKA_BROKERS: 'a:9092', ...login, KAFKA_PREFIX: 'team.' }).kafka).toMatchObject({
    replicationFactor: 3,
    prefix: 'team.',
    security: { ssl: true, sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' } },
  });
});
