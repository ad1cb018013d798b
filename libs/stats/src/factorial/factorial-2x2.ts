import { refuseCell } from '../contrast/refuse-cell.js';
import { zEffect } from '../contrast/z-effect.js';
import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { EffectResult } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refuse, type Outcome, type Refusal } from '../refusal.js';

/** Cells named by the level of A, then of B. */
export interface Cells2x2 {
  readonly c00: ArmEstimate;
  readonly c10: ArmEstimate;
  readonly c01: ArmEstimate;
  readonly c11: ArmEstimate;
}

export interface Factorial2x2 {
  /** Average effect of A over both levels of B. */
  readonly mainA: EffectResult;
  /** Average effect of B over both levels of A. */
  readonly mainB: EffectResult;
  /** Effect of A where B is on minus where it is off. Read this first: with it, main effects describe nobody. */
  readonly interaction: EffectResult;
  readonly simpleAatB0: EffectResult;
  readonly simpleAatB1: EffectResult;
  readonly simpleBatA0: EffectResult;
  readonly simpleBatA1: EffectResult;
  /** Both changes together against neither. */
  readonly combined11vs00: EffectResult;
  /** Interaction of log means, `ln[(m11/m01)/(m10/m00)]`; `null` unless all means are positive. */
  readonly logInteraction: EffectResult | null;
}

/**
 * Effects of a 2x2 factorial experiment from cell summaries, cells weighted alike and variances unequal: main A
 * `((m10-m00)+(m11-m01))/2` with `se = ½√Σ(v/n)`, interaction `(m11-m01)-(m10-m00)` with `se = √Σ(v/n)`; equal to OLS
 * `a*b` with HC2 errors. The log interaction has variance `Σ v/(n m²)` (delta method).
 *
 * Sources: Montgomery, Design and Analysis of Experiments, ch. 5; MacKinnon & White 1985 for HC2.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `ZERO_VARIANCE`, and those of the cells.
 */
export function factorial2x2(cells: Cells2x2, alpha: number): Outcome<Factorial2x2> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  const wrong = cellsRefusal(cells);
  if (wrong) return { ok: false, refusal: wrong };
  const { c00, c10, c01, c11 } = cells;
  const contrast = (weights: readonly [number, number, number, number]): EffectResult => {
    const [w00, w10, w01, w11] = weights;
    const estimate = w11 * c11.mean + w01 * c01.mean + (w10 * c10.mean + w00 * c00.mean);
    const variance =
      w00 * w00 * ofMean(c00) + w10 * w10 * ofMean(c10) + w01 * w01 * ofMean(c01) + w11 * w11 * ofMean(c11);
    return zEffect(estimate, Math.sqrt(variance), alpha);
  };
  return computedNumbers({
    mainA: contrast([-0.5, 0.5, -0.5, 0.5]),
    mainB: contrast([-0.5, -0.5, 0.5, 0.5]),
    interaction: contrast([1, -1, -1, 1]),
    simpleAatB0: contrast([-1, 1, 0, 0]),
    simpleAatB1: contrast([0, 0, -1, 1]),
    simpleBatA0: contrast([-1, 0, 1, 0]),
    simpleBatA1: contrast([0, -1, 0, 1]),
    combined11vs00: contrast([-1, 0, 0, 1]),
    logInteraction: logInteraction(cells, alpha),
  });
}

function logInteraction({ c00, c10, c01, c11 }: Cells2x2, alpha: number): EffectResult | null {
  const all = [c00, c10, c01, c11];
  if (all.some((cell) => !(cell.mean > 0))) return null;
  const estimate = Math.log(c11.mean / c01.mean) - Math.log(c10.mean / c00.mean);
  const variance = all.reduce((sum, cell) => sum + ofMean(cell) / (cell.mean * cell.mean), 0);
  // A mean this close to 0 has no logarithm that its error leaves a number.
  if (!Number.isFinite(estimate) || !Number.isFinite(variance)) return null;
  return zEffect(estimate, Math.sqrt(variance), alpha);
}

/** Variance of a cell's mean. */
function ofMean(cell: ArmEstimate): number {
  return cell.variance / cell.n;
}

function cellsRefusal({ c00, c10, c01, c11 }: Cells2x2): Refusal | null {
  const wrong =
    refuseCell(c00, 'cell 00') ??
    refuseCell(c10, 'cell 10') ??
    refuseCell(c01, 'cell 01') ??
    refuseCell(c11, 'cell 11');
  if (wrong) return wrong;
  const simple = [c00.variance + c10.variance, c01.variance + c11.variance, c00.variance + c01.variance];
  const others = [c10.variance + c11.variance, c00.variance + c11.variance];
  if ([...simple, ...others].every((variance) => variance > 0)) return null;
  return refuse('ZERO_VARIANCE', 'Two compared cells show no variation at all.');
}
