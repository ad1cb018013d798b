import { normalQuantile } from '../distributions/normal.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { tooManyUnits } from './countable-units.js';
import { errorRateRefusal } from './error-rates.js';
import { criticalZ } from './z-power.js';

export interface AllocationSampleSizeInput {
  /** Difference of means to detect in every comparison, in the metric's unit. */
  readonly absoluteMde: number;
  /** Per-unit variance. */
  readonly variance: number;
  readonly alpha: number;
  readonly power: number;
  /** Arms, control included. */
  readonly arms: number;
  readonly comparisons: 'control-vs-all' | 'all-vs-all';
}

export interface AllocationSampleSize {
  /** Units of all arms, rounded up. */
  readonly total: number;
  /** Share of each arm, control first: a half for control when only it is compared with, equal shares otherwise. */
  readonly allocations: readonly number[];
}

/**
 * Units for an experiment of several arms whose comparisons have the power on average:
 * `n = ⌈(z_{1-α/2} + z_{power})² v (Σ √(1/a_i + 1/a_j))² / (m · mde)²⌉` over its `m` comparisons (Spotify Confidence
 * `SampleSizeCalculator`).
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID`, `ZERO_VARIANCE`; `TOO_MANY_UNITS` past 2^53.
 */
export function allocationSampleSize(input: AllocationSampleSizeInput): Outcome<AllocationSampleSize> {
  const { absoluteMde, variance, alpha, power, arms, comparisons } = input;
  const wrong = errorRateRefusal(alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  if (!(Number.isInteger(arms) && arms >= 2)) return refused('PLAN_INVALID', `arms is ${arms}; compare at least two.`);
  if (!(Math.abs(absoluteMde) > 0 && Math.abs(absoluteMde) < Infinity)) {
    return refused('PLAN_INVALID', `absoluteMde is ${absoluteMde}; give the effect to detect.`);
  }
  if (!(variance > 0 && variance < Infinity)) return refused('ZERO_VARIANCE', 'variance must be positive and finite.');
  const againstControl = comparisons === 'control-vs-all';
  const allocations = Array.from({ length: arms }, (_arm, index) => {
    if (!againstControl) return 1 / arms;
    return index === 0 ? 0.5 : 0.5 / (arms - 1);
  });
  let sum = 0;
  let count = 0;
  for (let i = 0; i < (againstControl ? 1 : arms - 1); i++) {
    for (let j = i + 1; j < arms; j++) {
      sum += Math.sqrt(1 / (allocations[i] ?? 1) + 1 / (allocations[j] ?? 1));
      count += 1;
    }
  }
  const z = criticalZ(alpha) + normalQuantile(power);
  const total = Math.ceil(variance * ((z * sum) / (count * absoluteMde)) ** 2);
  return Number.isSafeInteger(total) ? computed({ total, allocations }) : tooManyUnits();
}
