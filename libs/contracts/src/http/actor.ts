import type { Permission } from './permission.js';

/** Who acts. `personal` keys act as their user. */
export interface Actor {
  readonly kind: 'user' | 'server' | 'client' | 'system';
  /** User id, or api key id for `server` and `client`. */
  readonly id: string;
  /** User name or the key's name: what an audit entry shows. */
  readonly name: string;
  readonly isSuperuser: boolean;
  readonly permissions: ReadonlySet<Permission>;
  /** Project and environment a server or client key is bound to. */
  readonly boundTo?: { readonly projectId: string; readonly environmentId: string };
}

/** Where a call acts; present as far as the route's `scope` says. Every query takes `projectId` from here. */
export interface Scope {
  readonly projectId: string;
  readonly projectKey: string;
  readonly environmentId: string;
  readonly environmentKey: string;
}

/** The platform itself: schedulers, relays, the first start. */
export const SYSTEM_ACTOR: Actor = {
  kind: 'system',
  id: '00000000-0000-0000-0000-000000000000',
  name: 'assay',
  isSuperuser: true,
  permissions: new Set(),
};
