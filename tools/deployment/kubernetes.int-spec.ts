import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { eventAccepted } from '@assay/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readConfig as readGatewayConfig } from '../../apps/gateway/src/gateway.config.js';
import { readConfig as readMigrateConfig } from '../../apps/migrate/src/migrate.config.js';
import { readServiceConfig } from '../../libs/service/src/service-config.js';
import { environmentOf, parseDockerfile } from './dockerfile.js';
import { kubernetesToolsMissing, render, validate } from './kubernetes-tools.js';
import {
  configIn,
  environmentIn,
  matches,
  ofKind,
  parseManifests,
  type Container,
  type Manifest,
} from './manifests.js';

const root = join(import.meta.dirname, '..', '..');
const dockerfile = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'] as const;
const OVERLAYS = ['local', 'production'] as const;
/** The oldest with `preStop.sleep`, and a recent one. */
const VERSIONS = ['1.30.0', '1.34.0'];

/** The part of a definition of KEDA's that is used here. */
const schemaOf = (name: string) =>
  new Ajv2020({ allErrors: true, strict: false }).compile(
    JSON.parse(readFileSync(join(import.meta.dirname, `${name}.schema.json`), 'utf8')) as object,
  );

const absent = kubernetesToolsMissing();
if (absent !== undefined) {
  if (process.env['ASSAY_REQUIRE_KUBERNETES'] === '1')
    throw new Error(`Manifests must be validated here, but ${absent}.`);
  process.stderr.write(`The Kubernetes manifests are not checked here: ${absent}.\n`);
}

(absent === undefined ? describe : describe.skip)('the Kubernetes manifests', () => {
  const rendered = new Map<string, string>();
  const manifestsOf = new Map<string, Manifest[]>();
  const parsed = (overlay: string): Manifest[] => manifestsOf.get(overlay) ?? [];
  const deployments = (overlay: string): Manifest[] => ofKind(parsed(overlay), 'Deployment');
  const containerOf = (manifest: Manifest): Container => manifest.spec.template.spec.containers[0] as Container;

  beforeAll(() => {
    for (const overlay of OVERLAYS) {
      const text = render(join(root, 'k8s', 'overlays', overlay));
      rendered.set(overlay, text);
      manifestsOf.set(overlay, parseManifests(text));
    }
  }, 900_000);

  it.each(VERSIONS)(
    'are what the schemas of Kubernetes %s allow; KEDA’s are checked apart',
    (version) => {
      const found = validate([...rendered.values()].join('\n---\n'), version);
      expect(found.filter((line) => !line.includes("Couldn't find schema for kind ScaledObject"))).toEqual([]);
    },
    300_000,
  );

  it.each([
    ['an unknown field', 'livenessProbe:', 'livenesProbe:', /livenesProbe/],
    ['a word for a number', 'containerPort: 8086', 'containerPort: eight', /'eight' is not of type 'integer'/],
  ])(
    'are refused with %s in them',
    (_what, sound, planted, complaint) => {
      const analysis = (rendered.get('local') ?? '')
        .split('\n---\n')
        .filter((text) => /^kind: Deployment\n[^]*name: analysis/m.test(text));
      expect(analysis).toHaveLength(1);
      expect(validate(analysis[0] ?? '', VERSIONS[0] ?? '')).toEqual([]);
      expect(validate((analysis[0] ?? '').replace(sound, planted), VERSIONS[0] ?? '').join('\n')).toMatch(complaint);
    },
    300_000,
  );

  describe.each(OVERLAYS)('of the overlay %s', (overlay) => {
    it('run every service without rights, with probes, limits and a file system it cannot write', () => {
      expect(
        deployments(overlay)
          .map(({ metadata }) => metadata.name)
          .sort(),
      ).toEqual(['gateway', ...SERVICES].sort());
      for (const deployment of deployments(overlay)) {
        const { spec, metadata } = deployment.spec.template;
        const container = containerOf(deployment);
        expect(spec).toMatchObject({
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 30,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        });
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          startupProbe: { httpGet: { path: '/health/live', port: 'http' } },
          livenessProbe: { httpGet: { path: '/health/live', port: 'http' } },
          readinessProbe: { httpGet: { path: '/health/ready', port: 'http' } },
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        });
        expect(Object.keys(container.resources?.requests ?? {})).toEqual(['cpu', 'memory']);
        expect(Object.keys(container.resources?.limits ?? {})).toEqual(['memory']);
        const { PORT: port, NODE_OPTIONS: options = '' } = environmentOf(dockerfile, deployment.metadata.name);
        // What Node takes beside its heap: code, buffers, stacks.
        const heap = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
        expect(Number.parseInt(container.resources?.limits?.['memory'] ?? '', 10) - heap).toBeGreaterThanOrEqual(160);
        expect(container.ports).toEqual([{ name: 'http', containerPort: Number(port) }]);
        expect(metadata.annotations?.['prometheus.io/port']).toBe(port);
      }
    });

    it('run images that the Dockerfile makes', () => {
      const targets = [...deployments(overlay), ...ofKind(parsed(overlay), 'Job')].map(
        (each) => containerOf(each).image,
      );
      for (const image of targets) {
        const [, target = ''] = /assay\/(\w+):[\w.]+$/.exec(image) ?? [];
        expect([image, dockerfile.stages.some(({ name }) => name === target)]).toEqual([image, true]);
      }
    });

    it('hold together: selectors, ports, budgets, policies and scalers lead to pods that are there', () => {
      const manifests = parsed(overlay);
      const pods = ['Deployment', 'StatefulSet', 'Job'].flatMap((kind) => ofKind(manifests, kind));
      const chosenBy = (wanted: unknown): Manifest[] =>
        pods.filter(({ spec }) => matches((wanted ?? {}) as Record<string, string>, spec.template.metadata.labels));
      for (const { metadata, spec } of ofKind(manifests, 'Service')) {
        expect([metadata.name, chosenBy(spec.selector).map((pod) => pod.metadata.name)]).toEqual([
          metadata.name,
          [metadata.name],
        ]);
      }
      for (const { metadata, spec } of ofKind(manifests, 'PodDisruptionBudget')) {
        expect([metadata.name, chosenBy(spec.selector['matchLabels']).length]).toEqual([metadata.name, 1]);
      }
      expect(ofKind(manifests, 'PodDisruptionBudget')).toHaveLength(7);
      for (const { metadata, spec } of ofKind(manifests, 'NetworkPolicy')) {
        const { matchLabels } = spec['podSelector'] as { matchLabels?: Record<string, string> };
        expect([metadata.name, chosenBy(matchLabels).length > 0]).toEqual([metadata.name, true]);
      }
      for (const { spec } of [...ofKind(manifests, 'HorizontalPodAutoscaler'), ...ofKind(manifests, 'ScaledObject')]) {
        const target = deployments(overlay).find(({ metadata }) => metadata.name === spec.scaleTargetRef.name);
        expect(target?.spec).not.toHaveProperty('replicas');
      }
      expect(
        new Set(manifests.filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace)),
      ).toEqual(new Set(['assay']));
    });

    it('let in and out what has a policy, and deny the rest', () => {
      const policies = ofKind(parsed(overlay), 'NetworkPolicy');
      expect(policies.find(({ metadata }) => metadata.name === 'nothing-else')?.spec).toEqual({
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
      });
      const gateway = policies.find(({ metadata }) => metadata.name === 'gateway')?.spec as
        { egress?: { ports: { port: number }[] }[] } | undefined;
      const ports = SERVICES.map((name) => Number(environmentOf(dockerfile, name)['PORT']));
      expect(gateway?.egress?.flatMap((rule) => rule.ports.map(({ port }) => port))).toEqual(ports);
      for (const name of [...SERVICES, 'gateway', 'migrate']) {
        expect([name, policies.some(({ metadata }) => metadata.name === name)]).toEqual([name, true]);
      }
      expect(policies.find(({ metadata }) => metadata.name === 'migrate')?.spec).toMatchObject({
        podSelector: { matchExpressions: [{ operator: 'In', values: ['migrate', 'topics'] }] },
      });
    });
  });

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

  it('lead the public to the gateway, but not to its metrics', () => {
    const [ingress] = ofKind(parsed('production'), 'Ingress');
    const { rules, tls } = ingress?.spec as unknown as {
      rules: { host: string; http: { paths: { path: string; pathType: string }[] } }[];
      tls: { hosts: string[] }[];
    };
    expect(tls[0]?.hosts).toEqual(rules.map(({ host }) => host));
    const prefixes = rules[0]?.http.paths.filter(({ pathType }) => pathType === 'Prefix').map(({ path }) => path) ?? [];
    const isPublic = (path: string): boolean =>
      path === '/' || prefixes.some((prefix) => path.startsWith(`${prefix}/`));
    expect(['/api/v1/events', '/ofrep/v1/evaluate/flags', '/sdk/v1/definitions', '/'].map(isPublic)).toEqual(
      Array(4).fill(true),
    );
    expect(['/metrics', '/health/ready'].map(isPublic)).toEqual([false, false]);
  });
});
