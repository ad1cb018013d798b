import { environmentOf } from './dockerfile.js';
import { validate } from './kubernetes-tools.js';
import { matches, ofKind, type Manifest } from './manifests.js';
import {
  containerOf,
  deployments,
  describeManifests,
  dockerfile,
  OVERLAYS,
  parsed,
  rendered,
  renderOverlays,
  SERVICES,
} from './overlays.js';

/** The oldest with `preStop.sleep`, and a recent one. */
const VERSIONS = ['1.30.0', '1.34.0'];

describeManifests('the Kubernetes manifests', () => {
  beforeAll(renderOverlays, 900_000);

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
