import type { AdjustmentResult, RelativeEstimate } from '@assay/contracts';
import {
  compareArms,
  compareStrata,
  cupedEstimate,
  cupedRatioEstimate,
  covariateSummary,
  selectMoments,
  type Comparison,
  type ComparisonOptions,
  type CovariateSummary,
  type RatioCovariateSummary,
  type Stratum,
} from '@assay/stats';
import type { MetricPlan } from '../plan/metric-plan.js';
import type { MetricArm } from './metric-arm.js';

export interface AdjustedComparison {
  readonly comparison: Comparison;
  readonly adjustment: AdjustmentResult | null;
}

type Summary = CovariateSummary | RatioCovariateSummary;

/** Both arms of one metric within one value of the attribute that the plan stratifies by. */
export interface ArmPair {
  readonly control: MetricArm;
  readonly treatment: MetricArm;
}

interface Covaried {
  readonly control: Summary;
  readonly treatment: Summary;
  readonly theta: readonly number[];
  /** Why it was not done with all covariates. */
  readonly refusal: AdjustmentResult['refusal'];
}

/**
 * Compares two arms as the plan says: regressed on what units did before, post-stratified, both, or as they are. Where an
 * adjustment cannot be made the numbers are those without it, and the refusal says why.
 */
export function adjustedComparison(
  plan: MetricPlan,
  pair: ArmPair,
  strata: readonly ArmPair[] | null,
  stratifiedBy: string | null,
  options: ComparisonOptions,
): AdjustedComparison {
  const plain = compareArms({ control: pair.control.plain, treatment: pair.treatment.plain, ...options });
  const isCovaried = pair.control.adjusted !== null;
  const isStratified = strata !== null && pair.control.plain.kind !== 'quantile';
  if (!isCovaried && !isStratified) return { comparison: plain, adjustment: null };
  const covaried = isCovaried ? fit(pair) : null;
  const byCovariates =
    covaried?.ok === true && covaried.value.theta.some((slope) => slope !== 0) ? covaried.value : null;
  const regressed = byCovariates === null ? plain : compareArms({ ...byCovariates, ...options });
  const stratified = isStratified ? compareStrata(strataOf(strata, byCovariates), options) : null;
  const comparison = stratified?.pValue == null ? regressed : stratified;
  return {
    comparison,
    adjustment: {
      methods: [
        ...(byCovariates === null ? [] : (['cuped'] as const)),
        ...(comparison === stratified ? (['post-stratification'] as const) : []),
      ],
      covariates: byCovariates?.theta.map((theta, index) => ({ name: plan.covariates[index] ?? '', theta })) ?? [],
      varianceReduction: varianceReduction(plain, comparison),
      stratifiedBy: comparison === stratified ? stratifiedBy : null,
      refusal:
        (covaried?.ok === true ? covaried.value.refusal : covaried?.refusal) ??
        (comparison === stratified ? null : stratified?.refusal) ??
        null,
      unadjusted: {
        absolute: plainEffect(plain.absolute),
        relative: plainEffect(plain.relative),
        pValue: plain.pValue,
      },
    },
  };
}

type Fit =
  | { readonly ok: true; readonly value: Covaried }
  | { readonly ok: false; readonly refusal: NonNullable<AdjustmentResult['refusal']> };

/** With all covariates; with the metric's own alone, and the reason, when the others follow from each other. */
function fit({ control, treatment }: ArmPair): Fit {
  const [c, t] = [control.adjusted, treatment.adjusted];
  if (c?.kind === 'ratio-covariate' && t?.kind === 'ratio-covariate') {
    const estimate = cupedRatioEstimate(c, t);
    if (!estimate.ok) return estimate;
    return { ok: true, value: { control: c, treatment: t, theta: [estimate.value.theta], refusal: null } };
  }
  if (c?.kind !== 'covariate' || t?.kind !== 'covariate') {
    return { ok: false, refusal: { code: 'NO_UNITS', message: 'both arms need units' } };
  }
  const estimate = cupedEstimate(c, t);
  if (estimate.ok) return { ok: true, value: { control: c, treatment: t, theta: estimate.value.theta, refusal: null } };
  const [ownControl, ownTreatment] = [ownCovariate(c), ownCovariate(t)];
  const own = cupedEstimate(ownControl, ownTreatment);
  if (!own.ok) return { ok: false, refusal: estimate.refusal };
  const { code, message } = estimate.refusal;
  const refusal = { code, message: `${message}; meanwhile the metric's own past alone is used` };
  return { ok: true, value: { control: ownControl, treatment: ownTreatment, theta: own.value.theta, refusal } };
}

const ownCovariate = (summary: CovariateSummary): CovariateSummary =>
  covariateSummary(selectMoments(summary.moments, [0, 1]), summary);

/** With the covariates that all units together were adjusted by, where there are any. */
function strataOf(pairs: readonly ArmPair[], covaried: Covaried | null): Stratum[] {
  const isOwnAlone = covaried?.refusal != null;
  return pairs.flatMap(({ control, treatment }): Stratum[] => {
    const [c, t] = [control, treatment].map(({ plain, adjusted }) => {
      if (covaried === null || adjusted === null) return plain;
      return isOwnAlone && adjusted.kind === 'covariate' ? ownCovariate(adjusted) : adjusted;
    });
    if (c === undefined || t === undefined || c.kind === 'quantile' || t.kind === 'quantile') return [];
    return [{ control: c, treatment: t }];
  });
}

function varianceReduction(plain: Comparison, adjusted: Comparison): number | null {
  const [before, after] = [plain.absolute?.standardError, adjusted.absolute?.standardError];
  return before == null || after == null || before === 0 ? null : 1 - (after / before) ** 2;
}

type Effect = NonNullable<AdjustmentResult['unadjusted']>['absolute'];

function openEnds([low, high]: readonly [number, number]): [number | null, number | null] {
  const end = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return [end(low), end(high)];
}

/** An effect as it is answered: the open end of a one-sided interval is null. */
export function plainEffect(effect: Comparison['absolute']): Effect {
  if (effect === null) return null;
  const { estimate, standardError, ci } = effect;
  return { estimate, standardError, ci: openEnds(ci) };
}

/** A relative effect likewise, with the interval for noisy baselines where there is one. */
export function relativeEffect(effect: Comparison['relative']): RelativeEstimate | null {
  const plain = plainEffect(effect);
  if (plain === null || effect === null) return null;
  const { robust } = effect;
  return { ...plain, robust: robust === null ? null : { method: robust.method, ci: openEnds(robust.ci) } };
}
