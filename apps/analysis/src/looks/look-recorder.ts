import type { MetricResult } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { dueLooks } from './due-looks.js';
import { groupSequentialMethod } from './look-schedule.js';
import { LookStore } from './look-store.js';
import type { LookTaken } from './look-taken.js';

/** Takes the looks that are due, whoever asks first. */
@Injectable()
export class LookRecorder {
  constructor(
    private readonly store: LookStore,
    private readonly clock: Clock,
  ) {}

  /**
   * All looks of an experiment, those included that its present data have just come to.
   *
   * @param compute the metrics of the present data, with looks in their view
   */
  async settled(
    { definition }: ExperimentPlan,
    compute: (taken: readonly LookTaken[]) => readonly MetricResult[],
  ): Promise<readonly LookTaken[]> {
    if (groupSequentialMethod(definition.analysis) === null) return [];
    const due = (taken: readonly LookTaken[]): LookTaken[] =>
      dueLooks(definition, compute(taken), taken, this.clock.now());
    const taken = await this.store.read(definition.id);
    return due(taken).length === 0 ? taken : this.store.extend(definition.id, due);
  }

  /** Those that were taken by a moment; the past is not looked at again. */
  async until({ definition }: ExperimentPlan, moment: Date): Promise<readonly LookTaken[]> {
    if (groupSequentialMethod(definition.analysis) === null) return [];
    return (await this.store.read(definition.id)).filter(({ takenAt }) => takenAt <= moment);
  }
}
