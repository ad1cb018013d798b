import { ExperimentCatalog } from '@assay/definitions';
import type { EvaluationResult } from '@assay/evaluation';
import { Injectable } from '@nestjs/common';
import { AssignmentService } from '../assigning/assignment.service.js';
import type { EnvironmentView } from '../environment/environment-view.js';
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
  ) {}

  /**
   * The unit is assigned in each experiment that rules looked at, and where it had been assigned otherwise before, the rules
   * look again at what it has. Splits that are no experiments need nothing.
   */
  settle(
    view: EnvironmentView,
    served: ServedFlag,
    result: EvaluationResult,
    asked: Asked,
  ): EvaluationResult | Promise<EvaluationResult> {
    const known = result.exposures.some(
      ({ experiment }) => this.experiments.find(view.place.projectId, experiment)?.key === experiment,
    );
    return known ? this.assigned(view, served, result, asked) : result;
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
      const experiment = this.experiments.find(view.place.projectId, key);
      if (experiment === undefined || experiment.key !== key || done.has(key)) continue;
      done.add(key);
      const { variantKey } = await this.assignments.assign(view.place, experiment, subject.userId, subject.attributes);
      if (variantKey !== null && variantKey !== arm) overrides[key] = variantKey;
    }
    if (Object.keys(overrides).length === 0) return result;
    return view.compiled.evaluate(served.key, subject.attributes, { now, overrides });
  }
}
