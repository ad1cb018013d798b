import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { eventAccepted } from '@assay/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readConfig as readGatewayConfig } from '../../apps/gateway/src/gateway.config.js';
import { readConfig as readMigrateConfig } from '../../apps/migrate/src/migrate.config.js';
import { readServiceConfig } from '../../libs/service/src/service-config.js';
import { environmentOf } from './dockerfile.js';
import { render } from './kubernetes-tools.js';
import { configIn, environmentIn, ofKind, parseManifests, type Manifest } from './manifests.js';
import {
  containerOf,
  deployments,
  describeManifests,
  dockerfile,
  parsed,
  renderOverlays,
  root,
  SERVICES,
} from './overlays.js';

/** The part of a definition of KEDA's that is used here. */
const schemaOf = (name: string) =>
  new Ajv2020({ allErrors: true, strict: false }).compile(
    JSON.parse(readFileSync(join(import.meta.dirname, `${name}.schema.json`), 'utf8')) as object,
  );

describeManifests('the settings in the Kubernetes manifests', () => {
  beforeAll(renderOverlays, 900_000);

  it('give every process an environment that it accepts', () => {
    const manifests = parsed('local');
    for (const deployment of deployments('local')) {
      const { name } = deployment.metadata;
      const environment = { ...environmentOf(dockerfile, name), ...environmentIn(manifests, containerOf(deployment)) };
      if (name === 'gateway') {
        const { services } = readGatewayConfig(environment);
        for (const [service, urls] of Object.entries(services))
          expect(urls.map((url) => new URL(url).host)).toEqual([
            `${service}:${environmentOf(dockerfile, service)['PORT'] ?? ''}`,
          ]);
      } else {
        const { config } = readServiceConfig(environment, { name, port: 1, fields: {} });
        expect(new URL(config.databaseUrl).username).toBe(`assay_${name}`);
      }
    }
    const jobs = ofKind(manifests, 'Job').map((job) => ({
      name: job.metadata.name,
      parts: containerOf(job).args?.slice(1),
      config: readMigrateConfig(environmentIn(manifests, containerOf(job))),
    }));
    expect(jobs.map(({ name, parts }) => [name, parts])).toEqual([
      ['migrate', ['schema']],
      ['topics', ['topics', 'assignments']],
    ]);
    for (const { config } of jobs) {
      expect([config.kafka?.brokers, new URL(config.databaseUrl).username]).toEqual([['kafka:9092'], 'assay']);
    }
    expect(Object.keys(jobs[0]?.config.passwords ?? {}).sort()).toEqual([...SERVICES].sort());
  });

  it('let the gateway believe the proxies of production, which say where a request comes from', () => {
    const manifests = parsed('production');
    const gateway = deployments('production').find(({ metadata }) => metadata.name === 'gateway') as Manifest;
    expect(readGatewayConfig(environmentIn(manifests, containerOf(gateway))).trustedProxies).toBe('10.0.0.0/8');
  });

  it('contain no secret in production, and demand those that operations.md tells how to make', () => {
    expect(ofKind(parsed('production'), 'Secret')).toEqual([]);
    const demanded = new Set(
      [...deployments('production'), ...ofKind(parsed('production'), 'Job')]
        .flatMap((each) => containerOf(each).env ?? [])
        .flatMap(({ valueFrom }) => (valueFrom === undefined ? [] : [valueFrom.secretKeyRef])),
    );
    const guide = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
    expect([...demanded].filter(({ key }) => !guide.includes(key)).map(({ key }) => key)).toEqual([]);
    expect(new Set([...demanded].map(({ name }) => name))).toEqual(new Set(['assay-secrets']));
  });

  it('scale ingestion and assignment on CPU, analysis on how far it is behind', () => {
    const manifests = parsed('production');
    expect(
      ofKind(manifests, 'HorizontalPodAutoscaler')
        .map(({ spec }) => spec.scaleTargetRef.name)
        .sort(),
    ).toEqual(['assignment', 'ingestion']);
    const [scaled] = ofKind(manifests, 'ScaledObject');
    const check = schemaOf('scaled-object');
    expect([check(scaled), check.errors]).toEqual([true, null]);
    const config = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name.startsWith('assay-config'));
    expect(scaled?.spec).toMatchObject({
      scaleTargetRef: { name: 'analysis' },
      maxReplicaCount: eventAccepted.partitions,
      triggers: [
        {
          metadata: {
            topic: eventAccepted.name,
            consumerGroup: `assay.analysis.${eventAccepted.type}`,
            bootstrapServers: config?.data?.['KAFKA_BROKERS'],
          },
        },
      ],
    });
    expect(check({ ...scaled, spec: { ...scaled?.spec, triggerz: [] } })).toBe(false);
  });

  it('let KEDA log in to the broker as the services do, with the component kafka-login', () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-overlay-'));
    const from = (...path: string[]): string => relative(realpathSync(folder), join(root, 'k8s', ...path));
    const lines = [
      'namespace: assay',
      `resources: [${from('overlays', 'production')}]`,
      `components: [${from('components', 'kafka-login')}]`,
    ];
    writeFileSync(join(folder, 'kustomization.yaml'), lines.join('\n'));
    const manifests = parseManifests(render(folder));
    rmSync(folder, { recursive: true, force: true });
    const [scaled] = ofKind(manifests, 'ScaledObject');
    const [login] = ofKind(manifests, 'TriggerAuthentication');
    for (const [manifest, check] of [
      [scaled, schemaOf('scaled-object')],
      [login, schemaOf('trigger-authentication')],
    ] as const) {
      expect([check(manifest), check.errors]).toEqual([true, null]);
      expect(manifest?.metadata.namespace).toBe('assay');
    }
    const [trigger] = scaled?.spec['triggers'] as [{ metadata: Record<string, string>; authenticationRef: object }];
    expect(trigger.authenticationRef).toEqual({ name: login?.metadata.name });
    const analysis = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === 'analysis') as Manifest;
    const secrets = { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p', ASSAY_JWT_SECRET: 's'.repeat(32) };
    const environment = { ...configIn(manifests, containerOf(analysis)), ...secrets, DATABASE_URL: 'postgres://h/d' };
    const { config } = readServiceConfig(environment, { name: 'analysis', port: 1, fields: {} });
    expect(config.kafka.security).toMatchObject({ ssl: true, sasl: { mechanism: 'scram-sha-512' } });
    expect(trigger.metadata).toMatchObject({ tls: 'enable', sasl: 'scram_sha512' });
    const asked = login?.spec['secretTargetRef'] as { parameter: string; name: string; key: string }[];
    const own = new Map(
      containerOf(analysis).env?.map(({ name, valueFrom }) => [name, valueFrom?.secretKeyRef] as const),
    );
    for (const { parameter, name, key } of asked)
      expect(own.get(`KAFKA_${parameter.toUpperCase()}`)).toMatchObject({ name, key });
  });
});
