import {
  AppError,
  type Assignment,
  type AssignmentBatch,
  type AssignmentReason,
  type createAssignment,
  type createAssignments,
  type ExperimentDefinition,
} from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Clock, type Call } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { isOpen } from '../environment/environment-view.js';
import { Environments, type Place } from '../environment/environments.service.js';
import { AssignmentStore } from '../store/assignment-store.js';
import type { KnownAssignment } from '../store/known-units.js';

type Attributes = Readonly<Record<string, unknown>>;

/** Who gets which variant. The first assignment of a user is kept for ever. */
@Injectable()
export class AssignmentService {
  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly environments: Environments,
    private readonly store: AssignmentStore,
    private readonly clock: Clock,
  ) {}

  async assignOne({ scope, body }: Call<typeof createAssignment>): Promise<Assignment> {
    const definition = await this.find(scope, body.experiment);
    return this.assign(scope, definition, body.userId, body.context ?? {});
  }

  async assignSeveral({ scope, body }: Call<typeof createAssignments>): Promise<AssignmentBatch> {
    const { userId, context = {}, experiments } = body;
    const definitions =
      experiments === undefined
        ? this.enrolling(scope)
        : await Promise.all([...new Set(experiments)].map((experiment) => this.find(scope, experiment)));
    const assignments = definitions.map((definition) => this.assign(scope, definition, userId, context));
    return { assignments: await Promise.all(assignments) };
  }

  /**
   * An experiment of the project. One that is not known here, or not started, may have been made or started a moment ago: it
   * is read again.
   *
   * @throws AppError `not_found`
   */
  async find({ projectId }: Place, idOrKey: string): Promise<ExperimentDefinition> {
    const held = this.experiments.find(projectId, idOrKey);
    if (held !== undefined && held.status !== 'DRAFT') return held;
    const found = (await this.experiments.refresh(projectId, idOrKey)) ?? held;
    if (found === undefined) throw AppError.notFound('Experiment', idOrKey);
    return found;
  }

  /** Those of an environment that may have something to say to a unit, by key. */
  enrolling(place: Place): readonly ExperimentDefinition[] {
    return this.environments.view(place).enrolling();
  }

  /**
   * The unit's part in the experiment. Not active, or of another environment: none. Else what is stored; else, if it is
   * active, what the definition says, which is stored.
   */
  async assign(
    place: Place,
    definition: ExperimentDefinition,
    userId: string,
    context: Attributes,
  ): Promise<Assignment> {
    if (!isOpen(definition) || definition.environmentId !== place.environmentId) {
      return refused(definition, userId, 'NOT_ACTIVE', null);
    }
    const known = this.store.recall(definition.id, userId);
    if (known !== undefined) return this.enrolled(definition, userId, { ...known, fresh: false });
    const { id: experimentId, projectId, version: definitionVersion } = definition;
    const lookup = { projectId, experimentId, userId };
    const now = this.clock.now();
    const verdict = this.environments.experiment(definition).decide({ ...context, userId }, now.getTime());
    const admitted = definition.status === 'ACTIVE' && verdict.enrolled ? verdict : undefined;
    const candidate = admitted && {
      variantId: admitted.variant.id,
      bucket: admitted.bucket,
      propensity: admitted.propensity,
      definitionVersion,
      context,
      at: now,
    };
    const stored = await this.store.keep(candidate === undefined ? lookup : { ...lookup, candidate });
    if (stored !== undefined) return this.enrolled(definition, userId, stored);
    const reason = definition.status === 'PAUSED' || verdict.enrolled ? 'NOT_ACTIVE' : verdict.reason;
    return refused(definition, userId, reason, verdict.bucket);
  }

  private async enrolled(
    definition: ExperimentDefinition,
    userId: string,
    stored: KnownAssignment & { fresh: boolean },
  ): Promise<Assignment> {
    const variant = await this.variant(definition, stored.variantId);
    return {
      ...identity(definition, userId),
      enrolled: true,
      reason: stored.fresh ? 'ASSIGNED' : 'STICKY',
      variantId: variant.id,
      variantKey: variant.key,
      configuration: variant.configuration,
      bucket: stored.bucket,
      definitionVersion: stored.definitionVersion,
      sticky: !stored.fresh,
    };
  }

  /** Another process may have assigned by a version that has not reached this one. */
  private async variant({ id, projectId, variants }: ExperimentDefinition, variantId: string) {
    const known = variants.find((variant) => variant.id === variantId);
    if (known !== undefined) return known;
    const newer = await this.experiments.refresh(projectId, id);
    const found = newer?.variants.find((variant) => variant.id === variantId);
    if (found === undefined) throw AppError.unavailable('The variant of this assignment is not known here yet.');
    return found;
  }
}

const identity = ({ id, key }: ExperimentDefinition, userId: string) => ({
  experimentId: id,
  experimentKey: key,
  userId,
});

function refused(
  definition: ExperimentDefinition,
  userId: string,
  reason: AssignmentReason,
  bucket: number | null,
): Assignment {
  return {
    ...identity(definition, userId),
    enrolled: false,
    reason,
    variantId: null,
    variantKey: null,
    configuration: null,
    bucket,
    definitionVersion: definition.version,
    sticky: false,
  };
}
