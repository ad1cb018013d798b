import { AppError } from '@assay/contracts';
import { DefinitionKey } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const CLAIM = `
  insert into experimentation.definition_keys (project_id, key, kind, resource_id) values (?, ?, 'flag', ?)
  on conflict do nothing returning key`;

/** The register of keys that experiments and flags of a project share. */
@Injectable()
export class KeyRegister {
  /** Waits for transactions that are about to take it. @throws AppError `conflict` when it is taken */
  async claim(em: EntityManager, projectId: string, key: string, id: string): Promise<void> {
    const claimed = await em.execute<unknown[]>(CLAIM, [projectId, key, id]);
    if (claimed.length === 1) return;
    const message = `'${key}' is the key of another experiment or flag of this project`;
    throw AppError.conflict(`${message}: choose another one.`, 'conflict', [{ path: 'key', message }]);
  }

  async release(em: EntityManager, projectId: string, key: string): Promise<void> {
    await em.nativeDelete(DefinitionKey, { projectId, key });
  }
}
