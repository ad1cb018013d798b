import {
  AppError,
  EvaluationContext,
  type AssignmentExplanation,
  type AssignmentSteps,
  type Experiment,
  type ExperimentDefinition,
  type explainAssignment,
  type StoredAssignment,
} from '@assay/contracts';
import { ExperimentRevision } from '@assay/models';
import { Clock, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AssignmentService } from '../assigning/assignment.service.js';
import { Environments } from '../environment/environments.service.js';
import { AssignmentsReadModel } from '../listing/assignments.read-model.js';
import { explainSteps, type Question } from './explain-steps.js';

/** Why a unit has the variant it has. */
@Injectable()
export class ExplanationService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly assignments: AssignmentService,
    private readonly stored: AssignmentsReadModel,
    private readonly environments: Environments,
  ) {}

  async explain({ scope, query }: Call<typeof explainAssignment>): Promise<AssignmentExplanation> {
    const { userId } = query;
    const definition = await this.assignments.find(scope, query.experiment);
    if (definition.environmentId !== scope.environmentId) throw AppError.notFound('Experiment', query.experiment);
    const given = contextOf(query.context);
    const recorded = await this.stored.find(definition.id, userId);
    const attributes = { ...(given ?? recorded?.context ?? {}), userId };
    const environment = this.environments.definitions(definition);
    const recomputed = recorded === null ? null : await this.recompute(definition, recorded);
    return {
      experimentId: definition.id,
      experimentKey: definition.key,
      userId,
      status: definition.status,
      current: explainSteps({ definition, environment, attributes, now: this.clock.now().getTime() }),
      recorded,
      recomputed,
      agrees: recorded === null || recomputed === null ? null : recomputed.variantKey === recorded.variantKey,
    };
  }

  /** What the version that decided makes of the context it saw. Segments are those of today. */
  private async recompute(current: ExperimentDefinition, recorded: StoredAssignment): Promise<AssignmentSteps | null> {
    const definition = await this.version(current, recorded.definitionVersion);
    if (definition === undefined) return null;
    return explainSteps({
      definition: { ...definition, status: 'ACTIVE' },
      environment: this.environments.definitions(current),
      attributes: { ...recorded.context, userId: recorded.userId },
      now: Date.parse(recorded.createdAt),
    });
  }

  /** An earlier version, from the revisions that the experiments service keeps. */
  private async version(current: ExperimentDefinition, version: number): Promise<Question['definition'] | undefined> {
    if (version === current.version) return current;
    const revision = await this.em.fork().findOne(ExperimentRevision, { experiment: current.id, version });
    if (revision === null) return undefined;
    const { key, unit, coverage, targetingRules, variants, status } = revision.definition as unknown as Experiment;
    // Its part of a layer and the holdouts above it are those of its start: no version has others.
    const { salt, admission } = current;
    return { key, unit, coverage, targetingRules, variants, status, version, salt, admission };
  }
}

/** The context as JSON text of a query. @throws AppError `validation_failed` */
function contextOf(text: string | undefined): EvaluationContext | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw AppError.field('context', 'must be a JSON object');
  }
  const parsed = EvaluationContext.safeParse(value);
  if (!parsed.success) throw AppError.field('context', 'must be a JSON object');
  return parsed.data;
}
