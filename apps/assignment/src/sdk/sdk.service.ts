import type { Scope, SdkDefinitions } from '@assay/contracts';
import { Injectable } from '@nestjs/common';
import { Environments } from '../environment/environments.service.js';
import { Streams } from '../stream/streams.service.js';

/** What SDKs that decide by themselves work with. */
@Injectable()
export class SdkService {
  constructor(
    private readonly environments: Environments,
    private readonly streams: Streams,
  ) {}

  /** Names the present state of the definitions. */
  etag(scope: Scope): string {
    return `"${this.environments.view(scope).fingerprint}"`;
  }

  /** The client has this state now, whether it had to be sent to it or not. */
  confirm(scope: Scope, client: string): void {
    this.streams.hub(this.environments.view(scope)).confirm(client);
  }

  definitions(scope: Scope): SdkDefinitions {
    const view = this.environments.view(scope);
    const flags = view.compiled.flagKeys().map((key) => [key, { ...view.compiled.flag(key) }] as const);
    const segments = [...view.segmentDefinitions()].map(({ key, condition }) => [key, condition] as const);
    const lists = [...view.listDefinitions()].map(({ key, version, size }) => [key, { version, size }] as const);
    return {
      project: scope.projectKey,
      environment: scope.environmentKey,
      etag: view.fingerprint,
      flags: Object.fromEntries(flags),
      segments: Object.fromEntries(segments),
      lists: Object.fromEntries(lists),
      versions: view.versions(),
    };
  }
}
