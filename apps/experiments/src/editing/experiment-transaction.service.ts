import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog, type DefinitionChanged } from '@assay/definitions';
import type { EntityManager } from '@assay/models';
import { EntityManager as Root } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

type Change = DefinitionChanged<ExperimentDefinition>;

/**
 * Transactions that change experiments. Who evaluates in this process need not wait for the log: what was told of experiments
 * is known here as soon as it is committed, so that a pause enrols nobody once its answer is there.
 */
@Injectable()
export class ExperimentTransaction {
  private readonly told = new WeakMap<EntityManager, Change[]>();

  constructor(
    private readonly em: Root,
    private readonly catalog: ExperimentCatalog,
  ) {}

  async run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const changes: Change[] = [];
    const result = await this.em.fork().transactional((em) => {
      this.told.set(em, changes);
      return work(em);
    });
    for (const change of changes) this.catalog.accept(change);
    return result;
  }

  /** Notes what a running transaction has written. */
  note(em: EntityManager, change: Change): void {
    this.told.get(em)?.push(change);
  }
}
