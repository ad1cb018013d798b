import type { ApiKeyKind, Permission, Scope } from '@assay/contracts';

/** What the guard needs to know of a user. `permissions` are those of its roles. */
export interface UserRecord {
  readonly id: string;
  readonly username: string;
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
  readonly permissions: ReadonlySet<Permission>;
  /** Whether the session that was asked for is still open (true when none was). */
  readonly sessionOpen: boolean;
}

/** What the guard needs to know of an api key; times are epoch milliseconds. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: ApiKeyKind;
  readonly expiresAt: number | null;
  readonly revoked: boolean;
  /** Of a personal key. */
  readonly userId: string | null;
  /** Of a server or client key. */
  readonly scope: Scope | null;
}

export interface ProjectRecord {
  readonly id: string;
  readonly key: string;
  readonly environments: readonly { readonly id: string; readonly key: string }[];
}
