import type { ArmEstimate } from '../effect/arm-estimate.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
import { meanOf, productOf } from '../summary/moments.js';
import { sumWithoutRounding } from '../summary/sum-without-rounding.js';
import { cupedTheta } from './cuped-theta.js';

/** Two arms after regression on their pre-exposure covariates. */
export interface CupedEstimate {
  /** One coefficient per covariate. */
  readonly theta: readonly number[];
  /** Mean `ȳ - θ x̄` and variance `var(y - θ x)` of each arm. */
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** Unadjusted mean of control: the baseline to report and to be relative to. */
  readonly baseline: number;
  /** Of `(adjusted difference)/|baseline|`. */
  readonly relativeStandardError: number;
  /** Squared standard error of the baseline, and its covariance with the adjusted difference. */
  readonly baselineVariance: number;
  readonly baselineCovariance: number;
  /** `1 - se²/se²` of the absolute effect, adjusted over plain. */
  readonly varianceReduction: number;
}

/**
 * CUPED (Deng, Xu, Kohavi & Walker 2013): each unit's outcome minus what its behaviour before exposure predicts. Adjusted
 * variance within arms `var y + θ' Vx θ - 2 θ' cov`. The relative error is the delta method on four means, with the
 * covariate assumed to have the same expectation in both arms (gbstats):
 * `adjT/(nT mC²) + [var yC (mT/mC)² - 2 θ' covC mT/mC + θ' VxC θ]/(nC mC²)`.
 *
 * Refuses NO_UNITS and COLLINEAR_COVARIATES.
 */
export function cupedEstimate(control: CovariateSummary, treatment: CovariateSummary): Outcome<CupedEstimate> {
  if (control.n === 0 || treatment.n === 0) return refused('NO_UNITS', 'both arms need units');
  if (control.moments.means.length !== treatment.moments.means.length) {
    return refused('INVALID_INPUT', 'both arms need the same covariates');
  }
  const outcome = cupedTheta(control, treatment);
  if (!outcome.ok) return outcome;
  const theta = outcome.value;
  const [c, t] = [spreadOf(control, theta), spreadOf(treatment, theta)];
  const baseline = meanOf(control.moments);
  const ratio = meanOf(treatment.moments) / baseline;
  const controlPart = (c.outcome * ratio ** 2 - 2 * c.shared * ratio + c.covariates) / control.n;
  const plain = c.outcome / control.n + t.outcome / treatment.n;
  const adjusted = c.adjusted / control.n + t.adjusted / treatment.n;
  return computed({
    theta,
    control: { n: control.n, mean: adjustedMean(control, theta), variance: c.adjusted },
    treatment: { n: treatment.n, mean: adjustedMean(treatment, theta), variance: t.adjusted },
    baseline,
    relativeStandardError: Math.sqrt((t.adjusted / treatment.n + controlPart) / baseline ** 2),
    baselineVariance: c.outcome / control.n,
    baselineCovariance: (c.shared - c.outcome) / control.n,
    varianceReduction: plain > 0 ? 1 - adjusted / plain : 0,
  });
}

function adjustedMean({ moments }: CovariateSummary, theta: readonly number[]): number {
  return theta.reduce((mean, slope, i) => mean - slope * meanOf(moments, i + 1), meanOf(moments));
}

interface Spread {
  readonly outcome: number;
  /** `θ' cov(x, y)`. */
  readonly shared: number;
  /** `θ' Vx θ`. */
  readonly covariates: number;
  readonly adjusted: number;
}

function spreadOf(summary: CovariateSummary, theta: readonly number[]): Spread {
  const outcome = covariance(summary, 0, 0);
  let shared = 0;
  let covariates = 0;
  theta.forEach((slope, i) => {
    shared += slope * covariance(summary, 0, i + 1);
    theta.forEach((other, j) => (covariates += slope * other * covariance(summary, i + 1, j + 1)));
  });
  return { outcome, shared, covariates, adjusted: Math.max(0, sumWithoutRounding([outcome, covariates, -2 * shared])) };
}

/** Two 0/1 variables have the divisor n (`p(1-p)`), all others n - 1. */
function covariance(summary: CovariateSummary, i: number, j: number): number {
  const kindOf = (variable: number): string => (variable === 0 ? summary.outcomeKind : summary.covariateKind);
  const binary = kindOf(i) === 'proportion' && kindOf(j) === 'proportion';
  if (summary.n < 2) return 0;
  return productOf(summary.moments, i, j) / (binary ? summary.n : summary.n - 1);
}
