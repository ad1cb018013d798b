import { KEY_PERMISSIONS, type Actor, type Permission, type Scope } from '@assay/contracts';
import type { KeyRecord, UserRecord } from '../directory/records.js';

/** A person: logged in, or through a personal key. */
export interface UserActor extends Actor {
  readonly kind: 'user';
  /** The session of the access token; null for a personal key. */
  readonly sessionId: string | null;
}

/** A program with a server or client key. */
export interface KeyActor extends Actor {
  readonly kind: 'server' | 'client';
  readonly boundTo: Scope;
}

/** Whoever calls a public route. */
export const ANONYMOUS: Actor = {
  kind: 'client',
  id: '00000000-0000-0000-0000-000000000000',
  name: 'anonymous',
  isSuperuser: false,
  permissions: new Set(),
};

export function userActor(user: UserRecord, sessionId: string | null): UserActor {
  return {
    kind: 'user',
    id: user.id,
    name: user.username,
    isSuperuser: user.isSuperuser,
    permissions: user.permissions,
    sessionId,
  };
}

export function keyActor(key: KeyRecord, kind: 'server' | 'client', boundTo: Scope): KeyActor {
  return { kind, id: key.id, name: key.name, isSuperuser: false, permissions: PERMISSIONS_OF[kind], boundTo };
}

const PERMISSIONS_OF: Record<'server' | 'client', ReadonlySet<Permission>> = {
  server: new Set(KEY_PERMISSIONS.server),
  client: new Set(KEY_PERMISSIONS.client),
};

export const isUserActor = (actor: Actor): actor is UserActor => actor.kind === 'user';
/** Not true of `ANONYMOUS`, which is bound to no place. */
export const isKeyActor = (actor: Actor): actor is KeyActor =>
  (actor.kind === 'server' || actor.kind === 'client') && actor.boundTo !== undefined;
