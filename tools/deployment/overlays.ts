import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDockerfile } from './dockerfile.js';
import { kubernetesToolsMissing, render } from './kubernetes-tools.js';
import { ofKind, parseManifests, type Container, type Manifest } from './manifests.js';

export const root = join(import.meta.dirname, '..', '..');
export const dockerfile = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
export const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'] as const;
export const OVERLAYS = ['local', 'production'] as const;

const absent = kubernetesToolsMissing();
if (absent !== undefined) {
  if (process.env['ASSAY_REQUIRE_KUBERNETES'] === '1')
    throw new Error(`Manifests must be validated here, but ${absent}.`);
  process.stderr.write(`The Kubernetes manifests are not checked here: ${absent}.\n`);
}

/** `describe` where manifests can be rendered and validated. */
export const describeManifests = absent === undefined ? describe : describe.skip;

/** The text of each overlay's manifests, from `renderOverlays` on. */
export const rendered = new Map<string, string>();
const manifestsOf = new Map<string, Manifest[]>();

export function renderOverlays(): void {
  for (const overlay of OVERLAYS) {
    const text = render(join(root, 'k8s', 'overlays', overlay));
    rendered.set(overlay, text);
    manifestsOf.set(overlay, parseManifests(text));
  }
}

export const parsed = (overlay: string): Manifest[] => manifestsOf.get(overlay) ?? [];
export const deployments = (overlay: string): Manifest[] => ofKind(parsed(overlay), 'Deployment');
export const containerOf = (manifest: Manifest): Container => manifest.spec.template.spec.containers[0] as Container;
