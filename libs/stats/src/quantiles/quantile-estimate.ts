import type { ArmEstimate } from '../effect/arm-estimate.js';
import { ratioMoments, ratioVariance } from '../ratio/ratio-variance.js';
import { computedNumbers, refuse, refused, type Outcome, type Refusal } from '../refusal.js';
import { ratioFromSums } from '../summary/ratio-summary.js';
import { neededValues, QUANTILE_Z, type QuantileClusters, type QuantileSummary } from './quantile-summary.js';

/** With at least this many values a variance below the floor is taken for ties, not for certainty. */
const FLOOR_FROM = 100;
const VARIANCE_FLOOR = 1e-5;

/**
 * Why the order statistics say nothing about the quantile, or `null`: too few values beyond it
 * (`n <= z² nu/(1-nu)` or `n <= z² (1-nu)/nu`), or an interval without width.
 */
export function refuseQuantile({ n, nu, lower, upper, quantile }: QuantileSummary): Refusal | null {
  if (!(nu > 0 && nu < 1)) return refuse('INVALID_INPUT', `a quantile needs a level between 0 and 1, not ${nu}`);
  if (!(n >= 0)) return refuse('INVALID_INPUT', 'n must be a count');
  if (n === 0) return refuse('NO_UNITS', 'there are no values');
  const needed = neededValues(nu);
  if (n <= needed) return refuse('TOO_FEW_UNITS', `${n} values, this quantile needs more than ${Math.floor(needed)}`);
  if (![quantile, lower, upper].every(Number.isFinite)) return refuse('INVALID_INPUT', 'the values must be finite');
  if (!(upper > lower)) return refuse('QUANTILE_UNRELIABLE', 'too many equal values around the quantile');
  return null;
}

/**
 * A sample quantile as an estimate with the variance of one value: `(nStar/n)(n-1)((upper - lower)/(2·1.96))²`, from the
 * width of the order-statistic interval instead of a density estimate (Deng, Knoblich & Lu 2018; Yao, Li & Lu 2024,
 * arXiv 2401.14549).
 *
 * Events of one unit are not independent: with clusters it is multiplied by the delta-method variance of the share of
 * values at or below the quantile, over the `nu (1-nu)/n` it would have with independent values. The result is not below
 * 1e-5 from 100 values on (as GrowthBook).
 *
 * Refuses what {@link refuseQuantile} refuses, TOO_FEW_UNITS for fewer than two clusters, and QUANTILE_UNRELIABLE when the
 * clusters show no variance.
 */
export function quantileEstimate(summary: QuantileSummary): Outcome<ArmEstimate> {
  const refusal = refuseQuantile(summary);
  if (refusal !== null) return { ok: false, refusal };
  const { n, nStar, quantile, lower, upper, nu, clusters } = summary;
  const width = (upper - lower) / (2 * QUANTILE_Z);
  const independent = (nStar / n) * (n - 1) * width ** 2;
  const floored = (variance: number): number => (n >= FLOOR_FROM ? Math.max(variance, VARIANCE_FLOOR) : variance);
  if (clusters === null) return computedNumbers({ n, mean: quantile, variance: floored(independent) });
  if (clusters.count < 2) return refused('TOO_FEW_UNITS', 'a clustered variance needs at least 2 units');
  const inflation = clusterVariance(clusters) / ((nu * (1 - nu)) / n);
  if (!(inflation > 0)) return refused('QUANTILE_UNRELIABLE', 'the units do not differ in their share of low values');
  return computedNumbers({ n, mean: quantile, variance: floored(independent * inflation) });
}

/** Squared standard error of `ΣS/ΣN` over the clusters. */
function clusterVariance(clusters: QuantileClusters): number {
  const ratio = ratioFromSums({
    n: clusters.count,
    numeratorSum: clusters.belowSum,
    numeratorSquares: clusters.belowSquares,
    denominatorSum: clusters.sizeSum,
    denominatorSquares: clusters.sizeSquares,
    product: clusters.product,
  });
  return ratioVariance(ratioMoments(ratio)) / clusters.count;
}
