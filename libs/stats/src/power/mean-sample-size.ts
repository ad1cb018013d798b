import { normalQuantile } from '../distributions/normal.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { refused, type Outcome } from '../refusal.js';
import { countableUnits } from './countable-units.js';
import { errorRateRefusal } from './error-rates.js';
import { meanPower } from './mean-power.js';
import { criticalZ } from './z-power.js';

export interface MeanSampleSizeInput {
  /** Difference of means to detect, in the metric's unit. */
  readonly difference: number;
  /** Per-unit variance of control: the linearised one of a ratio, `v (1 - ρ²)` under CUPED. */
  readonly varianceControl: number;
  /** Per-unit variance of treatment; control's if absent. */
  readonly varianceTreatment?: number;
  readonly alpha: number;
  readonly power: number;
  /** Units of treatment per unit of control; 1 if absent. */
  readonly ratio?: number;
}

/**
 * Units of control needed to detect a difference of means with a z test:
 * `(z_{1-α/2} + z_{power})² (vC + vT/r) / d²`; the treatment needs `ratio` times as many. Not rounded.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID`, `ZERO_VARIANCE`; `TOO_MANY_UNITS` past 2^53.
 */
export function meanSampleSize(input: MeanSampleSizeInput): Outcome<number> {
  const { difference, varianceControl, varianceTreatment = varianceControl, alpha, power, ratio = 1 } = input;
  const wrong = errorRateRefusal(alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  if (!(Math.abs(difference) > 0 && Math.abs(difference) < Infinity)) {
    return refused('PLAN_INVALID', `difference is ${difference}; give the effect to detect.`);
  }
  if (!(ratio > 0 && ratio < Infinity)) return refused('PLAN_INVALID', `ratio is ${ratio}; it must be positive.`);
  if (![varianceControl, varianceTreatment].every((variance) => variance > 0 && variance < Infinity)) {
    return refused('ZERO_VARIANCE', 'Variances must be positive and finite.');
  }
  const z = criticalZ(alpha) + normalQuantile(power);
  return countableUnits((z / difference) ** 2 * (varianceControl + varianceTreatment / ratio));
}

/**
 * Units of control for a two-sided t test with equal variances, by its exact power (noncentral t). Not rounded.
 *
 * @returns refusals of {@link meanSampleSize}; `NOT_CONVERGED` when even three units would do.
 */
export function meanSampleSizeT(input: Omit<MeanSampleSizeInput, 'varianceTreatment'>): Outcome<number> {
  const normal = meanSampleSize(input);
  if (!normal.ok) return normal;
  const { difference, alpha, power, ratio = 1 } = input;
  const standardDeviation = Math.sqrt(input.varianceControl);
  const excess = (nControl: number): number => {
    const result = meanPower({ difference, standardDeviation, nControl, nTreatment: ratio * nControl, alpha });
    return result.ok ? result.value.power - power : -power;
  };
  const least = 3 / (1 + ratio); // one degree of freedom
  const root = bracketedRoot(excess, least, 2 * normal.value + 50, 1e-9 * normal.value);
  if (Number.isNaN(root)) return refused('NOT_CONVERGED', 'The effect is so large that three units show it.');
  return countableUnits(root);
}
