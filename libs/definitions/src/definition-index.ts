/** What a definition must have to be kept: an identity, where it belongs, and the version by which newer wins. */
export interface Versioned {
  readonly id: string;
  readonly projectId: string;
  readonly key: string;
  readonly version: number;
}

/**
 * Definitions in memory, found by id or by project and key. A definition is taken only when it is newer than the one held,
 * so that a late message never turns back the clock; what was deleted stays deleted for the versions up to its last.
 */
export class DefinitionIndex<T extends Versioned> {
  private readonly byId = new Map<string, T>();
  private readonly byKey = new Map<string, T>();
  private readonly deleted = new Map<string, number>();

  get(id: string): T | undefined {
    return this.byId.get(id);
  }

  /** By key first, since that is what clients send, then by id within the project. */
  find(projectId: string, idOrKey: string): T | undefined {
    const byKey = this.byKey.get(`${projectId}/${idOrKey}`);
    if (byKey !== undefined) return byKey;
    const byId = this.byId.get(idOrKey);
    return byId?.projectId === projectId ? byId : undefined;
  }

  all(): Iterable<T> {
    return this.byId.values();
  }

  /** Whether anything changed. */
  put(definition: T): boolean {
    const held = this.byId.get(definition.id);
    if (held !== undefined && held.version >= definition.version) return false;
    if ((this.deleted.get(definition.id) ?? -1) >= definition.version) return false;
    if (held !== undefined && held.key !== definition.key) this.byKey.delete(`${held.projectId}/${held.key}`);
    this.byId.set(definition.id, definition);
    this.byKey.set(`${definition.projectId}/${definition.key}`, definition);
    return true;
  }

  /** Removes what is not stored any more, whatever late messages still say of it; gives what was held. */
  forget(id: string): T | undefined {
    const held = this.byId.get(id);
    if (held !== undefined) this.remove(held);
    this.deleted.set(id, Number.POSITIVE_INFINITY);
    return held;
  }

  /** Whether anything changed; a removal older than what is held is late, and is left. */
  remove(definition: T): boolean {
    this.deleted.set(definition.id, Math.max(definition.version, this.deleted.get(definition.id) ?? -1));
    const held = this.byId.get(definition.id);
    if (held === undefined || held.version > definition.version) return false;
    this.byId.delete(definition.id);
    const current = this.byKey.get(`${held.projectId}/${held.key}`);
    if (current?.id === held.id) this.byKey.delete(`${held.projectId}/${held.key}`);
    return true;
  }
}
