import { AppError } from '@assay/contracts';
import { DefinitionKey } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const CLAIM = `
  insert into experimentation.definition_keys (project_id, key, kind, resource_id) values (?, ?, ?, ?)
  on conflict do nothing returning key`;

/** Whose key it is to be. */
export interface KeyOwner {
  readonly kind: 'experiment' | 'flag';
  readonly projectId: string;
  readonly id: string;
}

/** The register of keys that experiments and flags of a project share. */
@Injectable()
export class KeyRegister {
  /**
   * Takes the first key that is free; waits for transactions that are about to take one.
   *
   * @throws AppError `conflict` when experiments or flags of the project have them all
   */
  async claim(em: EntityManager, owner: KeyOwner, ...keys: readonly [string, ...string[]]): Promise<string> {
    for (const key of keys) {
      const claimed = await em.execute<unknown[]>(CLAIM, [owner.projectId, key, owner.kind, owner.id]);
      if (claimed.length === 1) return key;
    }
    const message = `'${keys[0]}' is the key of another experiment or flag of this project`;
    throw AppError.conflict(`${message}: choose another one.`, 'conflict', [{ path: 'key', message }]);
  }

  async release(em: EntityManager, projectId: string, key: string): Promise<void> {
    await em.nativeDelete(DefinitionKey, { projectId, key });
  }
}
