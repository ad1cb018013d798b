import type { SettledExperiment } from '@assay/contracts';
import { References } from '@assay/definitions';
import type { Cond } from '@assay/evaluation';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { pathInside } from '../definition/read-document.js';

/** Whose condition it is. */
interface Owner {
  readonly projectId: string;
  readonly environmentId: string;
  readonly key: string;
}

/** Keeps conditions from asking for their own result: whoever evaluates such an experiment gets an error for an answer. */
@Injectable()
export class TargetingGuard {
  constructor(private readonly references: References) {}

  /**
   * Follows the condition of an experiment through the flags, experiments and segments of its project.
   *
   * @throws AppError `validation_failed` under `path` when that leads back to the experiment
   */
  async requireAcyclic(
    em: EntityManager,
    { projectId, environmentId, key }: Owner,
    rules: SettledExperiment['targetingRules'],
    path: string,
  ): Promise<void> {
    const changed = { kind: 'experiment' as const, key, environmentId, condition: rules as Cond | null };
    await this.references.requireNoCircle(em, projectId, changed, (member) => pathInside(path, member));
  }
}
