import { type ConfigError } from '@assay/platform';
import { readConfig } from './gateway.config.js';

const NAMES = ['IDENTITY', 'EXPERIMENTS', 'FLAGS', 'ASSIGNMENT', 'INGESTION', 'ANALYSIS'];

it('names every address that is missing or wrong at once', () => {
  const problems = (environment: Record<string, string>): readonly string[] => {
    try {
      readConfig(environment);
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };
  expect(problems({ PORT: 'x', ASSAY_FLAGS_URL: 'flags:80', ASSAY_INGESTION_URL: ',' })).toEqual([
    'PORT: must be a whole number from 0 to 65535',
    'ASSAY_IDENTITY_URL: is missing; http://host:port',
    'ASSAY_EXPERIMENTS_URL: is missing; http://host:port',
    'ASSAY_FLAGS_URL: must look like http://host:8080 (several with commas between them)',
    'ASSAY_ASSIGNMENT_URL: is missing; http://host:port',
    'ASSAY_INGESTION_URL: must look like http://host:8080 (several with commas between them)',
    'ASSAY_ANALYSIS_URL: is missing; http://host:port',
  ]);
});

it('takes several addresses of one service', () => {
  const environment = Object.fromEntries(NAMES.map((name) => [`ASSAY_${name}_URL`, 'http://a:1/, https://b']));
  expect(readConfig(environment)).toMatchObject({
    host: '127.0.0.1',
    port: 8_080,
    limits: { perCredential: 0, perAddress: 3_000 },
    services: { identity: ['http://a:1', 'https://b'] },
  });
});
