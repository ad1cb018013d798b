import { parseAllDocuments } from 'yaml';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef: { readonly name: string; readonly key: string; readonly optional?: boolean };
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources?: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
  readonly securityContext?: Record<string, unknown>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly securityContext?: Record<string, unknown>;
    readonly automountServiceAccountToken?: boolean;
    readonly terminationGracePeriodSeconds?: number;
  };
}

/** A manifest, as far as the tests look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly spec: Record<string, unknown> & {
    readonly template: PodTemplate;
    readonly selector: Record<string, unknown>;
    readonly scaleTargetRef: { readonly name: string };
  };
  readonly data?: Record<string, string>;
}

export const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

export const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);

/** Whether labels satisfy what a selector asks for. */
export const matches = (wanted: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** What the ConfigMaps of a container hold. */
export function configIn(manifests: readonly Manifest[], container: Container): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? [])
    Object.assign(found, named(manifests, 'ConfigMap', configMapRef.name)?.data);
  return found;
}

/** The environment that Kubernetes gives a container: its ConfigMaps first, then its own variables. */
export function environmentIn(manifests: readonly Manifest[], container: Container): Record<string, string> {
  const found = configIn(manifests, container);
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (value !== undefined) found[name] = value;
    if (valueFrom === undefined) continue;
    const { key, optional, name: secret } = valueFrom.secretKeyRef;
    const encoded = named(manifests, 'Secret', secret)?.data?.[key];
    if (encoded !== undefined) found[name] = Buffer.from(encoded, 'base64').toString();
    else if (optional !== true) throw new Error(`${container.name}: the Secret ${secret} has no ${key}`);
  }
  return found;
}

const named = (manifests: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
  ofKind(manifests, kind).find((manifest) => manifest.metadata.name === name);
