import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { readConfig as readGatewayConfig } from '../../apps/gateway/src/gateway.config.js';
import { readConfig as readMigrateConfig } from '../../apps/migrate/src/migrate.config.js';
import { readServiceConfig } from '../../libs/service/src/service-config.js';
import { readCompose, requiredVariables } from './compose.js';
import { lastOf, environmentOf, parseDockerfile } from './dockerfile.js';
import { composeSchema, goMissing } from './go-tools.js';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const example = readFileSync(join(root, '.env.example'), 'utf8');
const dockerfile = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const secrets = Object.fromEntries(requiredVariables(text).map((name) => [name, 'aB3'.repeat(16)]));
const compose = readCompose(text, secrets);

const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'] as const;
// The specification's schema comes as a Go module: without Go there is nothing to check against.
const absent = goMissing();
if (absent !== undefined) process.stderr.write(`docker-compose.yml against the specification is skipped: ${absent}.\n`);

/** What the Compose specification says of the file, as it is before variables are replaced. */
function complaints(file: unknown): string[] {
  const schema = JSON.parse(readFileSync(composeSchema(), 'utf8')) as object;
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const { $schema: _draft, ...checked } = schema as Record<string, unknown>;
  const validate = ajv.compile(checked);
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

describe('docker-compose.yml', () => {
  (absent === undefined ? it : it.skip)(
    'is a valid Compose file, and a planted error is noticed',
    () => {
      expect(complaints(compose)).toEqual([]);
      const planted = structuredClone(compose) as unknown as { services: Record<string, Record<string, unknown>> };
      planted.services['analysis'] = { ...planted.services['analysis'], helthcheck: {}, restart: 7 };
      const found = complaints(planted).join('\n');
      expect(found).toMatch(/\/services\/analysis must NOT have additional properties/);
      expect(found).toMatch(/\/services\/analysis\/restart must be string/);
    },
    120_000,
  );

  it('demands exactly the secrets that .env.example lists, and names the one that is missing', () => {
    const listed = [...example.matchAll(/^([A-Z_]+)=$/gm)].map(([, name = '']) => name).sort();
    expect(requiredVariables(text)).toEqual(listed);
    for (const name of listed)
      expect(() => readCompose(text, { ...secrets, [name]: '' })).toThrow(`${name}: Copy .env.example to .env`);
  });

  it('starts broker, database, the migration and then the seven services', () => {
    expect(compose.services['kafka']?.image).toMatch(/^apache\/kafka:4\.1/);
    expect(compose.services['postgres']?.image).toBe('postgres:18');
    expect(compose.services['migrate']?.depends_on).toEqual({
      kafka: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
    });
    for (const name of [...SERVICES, 'gateway'] as const)
      expect([name, compose.services[name]?.depends_on]).toEqual([
        name,
        { migrate: { condition: 'service_completed_successfully' } },
      ]);
  });

  it.each([...SERVICES, 'gateway', 'migrate'] as const)('builds %s from its target, without rights', (name) => {
    const service = compose.services[name];
    expect(service?.build).toEqual({ context: '.', target: name });
    expect(lastOf(dockerfile, name, 'USER')).toBe('1000:1000');
    expect([service?.read_only, service?.cap_drop]).toEqual([true, ['ALL']]);
    if (name !== 'migrate') expect(service?.healthcheck?.test.join(' ')).toContain('${process.env.PORT}/health/ready');
  });

  it.each(SERVICES)('gives %s an environment that it accepts, and a login of its own', (name) => {
    const environment = { ...environmentOf(dockerfile, name), ...compose.services[name]?.environment };
    const { config } = readServiceConfig(environment, { name, port: 1, fields: {} });
    expect(new URL(config.databaseUrl).username).toBe(`assay_${name}`);
    expect(new URL(config.databaseUrl).password).toBe(secrets[`ASSAY_DB_PASSWORD_${name.toUpperCase()}`]);
    expect(config).toMatchObject({ host: '0.0.0.0', kafka: { brokers: ['kafka:9092'] } });
  });

  it('gives the migration the passwords of those logins', () => {
    const { passwords, kafka } = readMigrateConfig(compose.services['migrate']?.environment ?? {});
    expect(Object.keys(passwords).sort()).toEqual([...SERVICES].sort());
    expect(kafka?.brokers).toEqual(['kafka:9092']);
  });

  it('leads the gateway to every service at the port it listens on, and publishes nothing else', () => {
    const given = { ASSAY_TRUSTED_PROXIES: '172.16.0.0/12', ASSAY_REQUESTS_PER_MINUTE_PER_KEY: '7' };
    const { services, ...more } = readGatewayConfig(
      readCompose(text, { ...secrets, ...given }).services['gateway']?.environment ?? {},
    );
    expect(more).toMatchObject({ trustedProxies: '172.16.0.0/12', limits: { perCredential: 7, perAddress: 3_000 } });
    const usual = readGatewayConfig(compose.services['gateway']?.environment ?? {});
    expect(usual).toMatchObject({ trustedProxies: undefined, origins: '*', limits: { perCredential: 0 } });
    for (const name of SERVICES)
      expect(services[name].map((url) => new URL(url).host)).toEqual([
        `${name}:${environmentOf(dockerfile, name)['PORT'] ?? ''}`,
      ]);
    const published = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name, { ports }]) => [name, ports?.[0]])).toEqual([
      ['gateway', '8080:8080'],
      ['prometheus', '127.0.0.1:9090:9090'],
      ['grafana', '127.0.0.1:3000:3000'],
    ]);
  });

  it('has Prometheus and Grafana in a profile, with files that are there', () => {
    for (const name of ['prometheus', 'grafana']) {
      expect(compose.services[name]?.profiles).toEqual(['observability']);
      const mounted = compose.services[name]?.volumes?.filter((volume) => volume.startsWith('./')) ?? [];
      expect(mounted.length).toBeGreaterThan(1);
      for (const volume of mounted)
        expect([volume, existsSync(join(root, volume.split(':')[0] ?? ''))]).toEqual([volume, true]);
    }
  });

  it('keeps its data in volumes that it declares', () => {
    const used = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.filter((volume) => !volume.startsWith('.')).map((volume) => volume.split(':')[0]),
    );
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});
