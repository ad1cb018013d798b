import { type ConfigError } from '@assay/platform';
import { readConfig } from './gateway.config.js';

const NAMES = ['IDENTITY', 'EXPERIMENTS', 'FLAGS', 'ASSIGNMENT', 'INGESTION', 'ANALYSIS'];
const SERVICES = Object.fromEntries(NAMES.map((name) => [`ASSAY_${name}_URL`, 'http://a:1/, https://b']));

it('names every address that is missing or wrong at once', () => {
  const problems = (environment: Record<string, string>): readonly string[] => {
    try {
      readConfig(environment);
      return [];
    } catch (error) {
      return (error as ConfigError).problems;
    }
  };
  const given = { PORT: 'x', ASSAY_FLAGS_URL: 'flags:80', ASSAY_INGESTION_URL: ',', ASSAY_TRUSTED_PROXIES: 'nginx' };
  expect(problems(given)).toEqual([
    'PORT: must be a whole number from 0 to 65535',
    'ASSAY_IDENTITY_URL: is missing; http://host:port',
    'ASSAY_EXPERIMENTS_URL: is missing; http://host:port',
    'ASSAY_FLAGS_URL: must look like http://host:8080 (several with commas between them)',
    'ASSAY_ASSIGNMENT_URL: is missing; http://host:port',
    'ASSAY_INGESTION_URL: must look like http://host:8080 (several with commas between them)',
    'ASSAY_ANALYSIS_URL: is missing; http://host:port',
    'ASSAY_TRUSTED_PROXIES: must be addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal (several with commas between them)',
  ]);
});

it('takes the proxies it may believe, and nothing that is none', () => {
  const proxiesOf = (ASSAY_TRUSTED_PROXIES: string) =>
    readConfig({ ...SERVICES, ASSAY_TRUSTED_PROXIES }).trustedProxies;
  expect(proxiesOf('')).toBeUndefined();
  expect(proxiesOf('10.0.0.0/8,192.0.2.7 , fd00::/8,::1,loopback')).toBe(
    '10.0.0.0/8, 192.0.2.7, fd00::/8, ::1, loopback',
  );
  for (const wrong of [
    'true',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '10.0.0.0/8/8',
    'fd00::/129',
    '10.0.0.0/255.0.0.0',
  ]) {
    expect(() => proxiesOf(`127.0.0.1,${wrong}`)).toThrow('ASSAY_TRUSTED_PROXIES');
  }
});

it('takes several addresses of one service', () => {
  expect(readConfig(SERVICES)).toMatchObject({
    host: '127.0.0.1',
    port: 8_080,
    limits: { perCredential: 0, perAddress: 3_000 },
    services: { identity: ['http://a:1', 'https://b'] },
  });
});
