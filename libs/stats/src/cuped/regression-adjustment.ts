import type { Interval } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { robustLeastSquares } from './robust-least-squares.js';

/** One value per unit: outcome, arm (true is treatment), covariates. */
export interface RegressionData {
  readonly outcomes: readonly number[];
  readonly treated: readonly boolean[];
  /** A row of covariates per unit. */
  readonly covariates: readonly (readonly number[])[];
}

/** The adjusted effect with its robust errors. */
export interface RegressionAdjustment {
  readonly effect: number;
  readonly standardErrorHc2: number;
  readonly standardErrorHc3: number;
  /** `effect / standardErrorHc2`. */
  readonly statistic: number;
  readonly pValue: number;
  readonly ci: Interval;
}

/**
 * Lin's regression adjustment (2013): ordinary least squares of the outcome on treatment, centred covariates and, with
 * `interactions`, their products with treatment; the coefficient of treatment with HC2 errors and a normal reference.
 * Never less precise than the plain difference, asymptotically, whatever the true relation is.
 *
 * Refuses INVALID_INPUT (lengths differ, values not finite), TOO_FEW_UNITS (an arm has no more units than coefficients of its
 * own), COLLINEAR_COVARIATES and ALPHA_OUT_OF_RANGE.
 */
export function regressionAdjustment(
  data: RegressionData,
  alpha: number,
  interactions = true,
): Outcome<RegressionAdjustment> {
  const { outcomes, treated, covariates } = data;
  const wrongAlpha = refuseAlpha(alpha);
  if (wrongAlpha !== null) return { ok: false, refusal: wrongAlpha };
  const k = covariates[0]?.length ?? 0;
  if (treated.length !== outcomes.length || covariates.length !== outcomes.length) {
    return refused('INVALID_INPUT', 'outcomes, arms and covariates must have the same length');
  }
  if (covariates.some((row) => row.length !== k) || ![...outcomes, ...covariates.flat()].every(Number.isFinite)) {
    return refused('INVALID_INPUT', 'every unit needs an outcome and the same number of covariates, all finite');
  }
  const treatedUnits = treated.filter(Boolean).length;
  if (Math.min(treatedUnits, treated.length - treatedUnits) < k + 2) {
    return refused('TOO_FEW_UNITS', `each arm needs at least ${k + 2} units for ${k} covariates`);
  }
  const fit = robustLeastSquares(designColumns(data, k, interactions), Float64Array.from(outcomes));
  if (fit === null) return refused('COLLINEAR_COVARIATES', 'a covariate is constant or follows from the others');
  const effect = fit.coefficients[1] ?? NaN;
  const standardErrorHc2 = fit.standardErrorsHc2[1] ?? NaN;
  if (!(standardErrorHc2 > 0)) return refused('ZERO_VARIANCE', 'the covariates explain every outcome exactly');
  const inference = { estimate: effect, standardError: standardErrorHc2, degreesOfFreedom: null };
  const { statistic, pValue, ci } = inferEffect(inference, alpha);
  return computed({
    effect,
    standardErrorHc2,
    standardErrorHc3: fit.standardErrorsHc3[1] ?? NaN,
    statistic,
    pValue,
    ci,
  });
}

/** 1, treatment, centred covariates, products. */
function designColumns({ treated, covariates }: RegressionData, k: number, interactions: boolean): Float64Array[] {
  const treatment = Float64Array.from(treated, Number);
  const centred = Array.from({ length: k }, (_, j) => {
    const column = Float64Array.from(covariates, (row) => row[j] ?? NaN);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    return column.map((value) => value - mean);
  });
  const products = interactions ? centred.map((column) => column.map((value, i) => value * (treatment[i] ?? NaN))) : [];
  return [treatment.map(() => 1), treatment, ...centred, ...products];
}
