import type { IdentityChanged } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import { AUTH_SETTINGS, type AuthSettings } from '../auth-settings.js';
import { DirectoryRepository } from './directory.repository.js';
import type { KeyRecord, ProjectRecord, UserRecord } from './records.js';
import { TtlCache } from './ttl-cache.js';

type Found<T> = Promise<T | undefined> | T | undefined;

/**
 * Users, api keys and projects as the guard sees them: from memory, read anew when the entry is older than a few seconds or
 * when it is told to forget it because identity changed.
 */
@Injectable()
export class Directory {
  private readonly users: TtlCache<UserRecord>;
  private readonly keys: TtlCache<KeyRecord>;
  private readonly projects: TtlCache<ProjectRecord>;

  constructor(
    private readonly repository: DirectoryRepository,
    @Inject(AUTH_SETTINGS) settings: AuthSettings,
    clock: Clock,
  ) {
    const { hitSeconds = 10, missSeconds = 2, staleSeconds = 3_600, entries = 10_000 } = settings.cache ?? {};
    const limits = { hitMs: hitSeconds * 1000, missMs: missSeconds * 1000, staleMs: staleSeconds * 1000, entries };
    const now = () => clock.now().getTime();
    this.users = new TtlCache(limits, now);
    this.keys = new TtlCache(limits, now);
    this.projects = new TtlCache(limits, now);
  }

  user(id: string, sessionId: string | null): Found<UserRecord> {
    return this.users.get(`${id} ${sessionId ?? ''}`, () => this.repository.user(id, sessionId));
  }

  /** By the SHA-256 of the key: the key itself is not kept here. */
  apiKey(hash: string): Found<KeyRecord> {
    return this.keys.get(hash, () => this.repository.apiKey(hash));
  }

  /** By id or key. */
  project(reference: string): Found<ProjectRecord> {
    return this.projects.get(reference, () => this.repository.project(reference));
  }

  /** Call it on `identity.changed`, and after a change of one's own: the next request reads anew what this concerns. */
  forget({ resource, id }: Pick<IdentityChanged, 'resource' | 'id'>): void {
    switch (resource) {
      case 'user':
        this.users.forget((key) => key.startsWith(id));
        break;
      case 'role':
        this.users.forget(() => true);
        break;
      case 'api_key':
        this.keys.forget((_hash, key) => key === undefined || key.id === id);
        break;
      case 'project':
      case 'environment':
        this.projects.forget(() => true);
        this.keys.forget(() => true);
    }
  }
}
