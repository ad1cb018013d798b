import { refuse, type Refusal } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';

/** Two arms of a proportion metric with the quantities that every method on them starts from. */
export interface TwoProportions {
  readonly control: ProportionSummary;
  readonly treatment: ProportionSummary;
  readonly controlRate: number;
  readonly treatmentRate: number;
  /** Treatment minus control. */
  readonly difference: number;
  /** Both arms together. */
  readonly pooledRate: number;
}

/** Rates of two arms. Check the counts first with {@link refuseCounts}. */
export function twoProportions(control: ProportionSummary, treatment: ProportionSummary): TwoProportions {
  const controlRate = control.successes / control.n;
  const treatmentRate = treatment.successes / treatment.n;
  return {
    control,
    treatment,
    controlRate,
    treatmentRate,
    difference: treatmentRate - controlRate,
    pooledRate: (control.successes + treatment.successes) / (control.n + treatment.n),
  };
}

/** Why the counts of two arms cannot be compared, or `null`. */
export function refuseCounts(control: ProportionSummary, treatment: ProportionSummary): Refusal | null {
  for (const [name, arm] of [['control', control] as const, ['treatment', treatment] as const]) {
    if (!isCount(arm.n) || !isCount(arm.successes)) {
      return refuse('INVALID_INPUT', `${name}: n and successes must be counts`);
    }
    if (arm.n === 0) return refuse('NO_UNITS', `${name} has no units`);
    if (arm.successes > arm.n) {
      return refuse('MORE_SUCCESSES_THAN_UNITS', `${name} has ${arm.successes} successes of ${arm.n} units`);
    }
  }
  return null;
}

/** Unpooled standard error of the difference: `sqrt(pC qC/nC + pT qT/nT)`. */
export function waldStandardError({ control, treatment, controlRate, treatmentRate }: TwoProportions): number {
  return Math.sqrt((controlRate * (1 - controlRate)) / control.n + (treatmentRate * (1 - treatmentRate)) / treatment.n);
}

/** Standard error of the difference if both arms had the pooled rate: `sqrt(p q (1/nC + 1/nT))`. */
export function pooledStandardError({ control, treatment, pooledRate }: TwoProportions): number {
  return Math.sqrt(pooledRate * (1 - pooledRate) * (1 / control.n + 1 / treatment.n));
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
