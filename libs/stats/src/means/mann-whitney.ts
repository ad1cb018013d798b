import { normalTwoSidedP } from '../distributions/normal.js';
import { computed, refused, type Outcome } from '../refusal.js';

/** Result of the rank test; `u` counts the pairs in which the treatment unit is higher (ties one half). */
export interface MannWhitneyResult {
  readonly u: number;
  readonly statistic: number;
  readonly pValue: number;
  /** `P(treatment unit > control unit) + P(equal)/2`. */
  readonly probabilityOfSuperiority: number;
}

/**
 * Mann-Whitney U test (1947), two-sided, normal approximation with correction for ties and for continuity. It tests
 * whether a random treatment unit tends to exceed a random control unit, not whether the means differ.
 *
 * Refuses NO_UNITS (an empty arm), ZERO_VARIANCE (all values equal), INVALID_INPUT (NaN).
 */
export function mannWhitney(control: readonly number[], treatment: readonly number[]): Outcome<MannWhitneyResult> {
  if (control.length === 0 || treatment.length === 0) return refused('NO_UNITS', 'both arms need at least one value');
  const pooled = [...control, ...treatment];
  if (pooled.some(Number.isNaN)) return refused('INVALID_INPUT', 'values must be numbers');
  const order = Uint32Array.from(pooled.keys()).sort((a, b) => (pooled[a] ?? 0) - (pooled[b] ?? 0));
  const { rankSum, ties } = rankTreatment(pooled, order, control.length);
  const pairs = control.length * treatment.length;
  const n = pooled.length;
  const u = rankSum - (treatment.length * (treatment.length + 1)) / 2;
  const variance = (pairs / 12) * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return refused('ZERO_VARIANCE', 'all values are equal');
  const distance = Math.max(0, Math.abs(u - pairs / 2) - 0.5);
  const statistic = (Math.sign(u - pairs / 2) * distance) / Math.sqrt(variance);
  const pValue = normalTwoSidedP(statistic);
  return computed({ u, statistic, pValue, probabilityOfSuperiority: u / pairs });
}

/** Sum of the treatment's mid-ranks and `Σ (t³ - t)` over groups of ties. */
function rankTreatment(
  pooled: readonly number[],
  order: Uint32Array,
  controls: number,
): { rankSum: number; ties: number } {
  let rankSum = 0;
  let ties = 0;
  let start = 0;
  while (start < order.length) {
    const value = pooled[order[start] ?? 0];
    let end = start;
    let treated = 0;
    while (end < order.length && pooled[order[end] ?? 0] === value) {
      if ((order[end] ?? 0) >= controls) treated += 1;
      end += 1;
    }
    const size = end - start;
    rankSum += (treated * (start + 1 + end)) / 2;
    ties += size ** 3 - size;
    start = end;
  }
  return { rankSum, ties };
}
