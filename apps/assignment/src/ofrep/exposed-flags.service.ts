import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import type { EvaluationResult, Exposure, Split } from '@assay/evaluation';
import { Injectable } from '@nestjs/common';
import { AssignmentService } from '../assigning/assignment.service.js';
import type { EnvironmentView } from '../environment/environment-view.js';
import { ExposureRecorder } from '../exposure/exposure-recorder.service.js';
import { shareOf } from '../exposure/inline-splits.js';
import type { ServedFlag } from '../environment/served-flag.js';
import type { Subject } from './parse-request.js';

interface Asked {
  readonly subject: Subject;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Flags whose evaluation came past experiments. */
@Injectable()
export class ExposedFlags {
  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly assignments: AssignmentService,
    private readonly recorder: ExposureRecorder,
  ) {}

  /**
   * The unit is assigned in each experiment that rules looked at, and where it had been assigned otherwise before, the rules
   * look again at what it has. For a split of the flag itself that is not sticky the hash has decided: the exposure is noted
   * and nobody waits. Splits that are no experiments need nothing.
   */
  settle(
    view: EnvironmentView,
    served: ServedFlag,
    result: EvaluationResult,
    asked: Asked,
  ): EvaluationResult | Promise<EvaluationResult> {
    let mustAssign = false;
    for (const exposure of result.exposures) {
      const experiment = this.experimentOf(view, exposure.experiment);
      if (experiment === undefined) continue;
      const split = served.splits.get(exposure.experiment);
      if (split === undefined) mustAssign = true;
      else this.note(experiment, split, exposure, asked.now);
    }
    return mustAssign ? this.assigned(view, served, result, asked) : result;
  }

  private experimentOf({ place }: EnvironmentView, key: string): ExperimentDefinition | undefined {
    const found = this.experiments.find(place.projectId, key);
    return found?.key === key && found.environmentId === place.environmentId ? found : undefined;
  }

  private note(experiment: ExperimentDefinition, split: Split, { arm, unit, forced }: Exposure, now: number): void {
    const variant = experiment.variants.find(({ key }) => key === arm);
    if (experiment.status !== 'ACTIVE' || variant === undefined || unit === null || forced) return;
    this.recorder.note({
      projectId: experiment.projectId,
      experimentId: experiment.id,
      variantId: variant.id,
      userId: unit,
      at: now,
      definitionVersion: experiment.version,
      propensity: shareOf(split, arm),
    });
  }

  private async assigned(
    view: EnvironmentView,
    served: ServedFlag,
    result: EvaluationResult,
    { subject, now }: Asked,
  ): Promise<EvaluationResult> {
    const overrides: Record<string, string> = {};
    const done = new Set<string>();
    for (const { experiment: key, arm } of result.exposures) {
      const experiment = this.experimentOf(view, key);
      if (experiment === undefined || served.splits.has(key) || done.has(key)) continue;
      done.add(key);
      const { variantKey } = await this.assignments.assign(view.place, experiment, subject.userId, subject.attributes);
      if (variantKey !== null && variantKey !== arm) overrides[key] = variantKey;
    }
    if (Object.keys(overrides).length === 0) return result;
    return view.compiled.evaluate(served.key, subject.attributes, { now, overrides });
  }
}
