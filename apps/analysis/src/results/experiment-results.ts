import type { ExperimentResults } from '@assay/contracts';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { ArmTotals } from './arm-totals.js';
export interface ResultsInput {
  readonly plan: ExperimentPlan;
  readonly totals: ReadonlyMap<string, ArmTotals>;
  readonly computedAt: Date;
  readonly dataThrough: Date | null;
  readonly metric: string | undefined;
}
export function experimentResults(_input: ResultsInput): ExperimentResults {
  throw new Error('placeholder until compareArms lands');
}
