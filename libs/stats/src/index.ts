export { REFUSAL_CODES, computed, refuse, refused } from './refusal.js';
export type { Outcome, Refusal, RefusalCode } from './refusal.js';

export { betaCdf, betaLogPdf, betaPdf, betaQuantile, betaSurvival } from './distributions/beta.js';
export {
  binomialCdf,
  binomialLogPmf,
  binomialPmf,
  binomialQuantile,
  binomialSurvival,
} from './distributions/binomial.js';
export { chiSquareCdf, chiSquareQuantile, chiSquareSurvival } from './distributions/chi-square.js';
export { fCdf, fQuantile, fSurvival } from './distributions/f-distribution.js';
export { logGamma } from './distributions/log-gamma.js';
export { noncentralTCdf, noncentralTSurvival } from './distributions/noncentral-t.js';
export {
  normalCdf,
  normalPdf,
  normalQuantile,
  normalSurvival,
  normalSurvivalQuantile,
  normalTwoSidedP,
} from './distributions/normal.js';
export {
  studentTCdf,
  studentTPdf,
  studentTQuantile,
  studentTSurvival,
  studentTTwoSidedP,
} from './distributions/student-t.js';

export {
  ZERO,
  addDouble,
  divideByNumber,
  multiplyDouble,
  negate,
  toNumber,
  twoProduct,
  twoSum,
  type DoubleDouble,
} from './double-double/double-double.js';

export { compareArms, type ArmsInput, type ComparableSummary } from './comparison/compare-arms.js';
export { compareEstimates } from './comparison/compare-estimates.js';
export { compareProportions } from './comparison/compare-proportions.js';
export type { ComparisonOptions } from './comparison/comparison-options.js';
export type {
  BayesianView,
  Comparison,
  ComparisonEffect,
  ComparisonTest,
  SequentialView,
} from './comparison/comparison.js';

export { armEstimate, type ArmEstimate, type PlainSummary } from './effect/arm-estimate.js';
export { effect, type EffectInput } from './effect/effect.js';
export type { Alternative, EffectResult, Interval } from './effect/effect-result.js';
export { fiellerInterval } from './effect/fieller-interval.js';
export { inferEffect, type EffectEstimate } from './effect/infer-effect.js';
export { logRatioInterval, type LogRatioResult } from './effect/log-ratio-interval.js';
export { relativeVariance } from './effect/relative-variance.js';
export { scaledImpact, type ScaledImpact } from './effect/scaled-impact.js';
export { welchDegreesOfFreedom } from './effect/welch-degrees-of-freedom.js';

export { cohenD } from './means/cohen-d.js';
export { mannWhitney, type MannWhitneyResult } from './means/mann-whitney.js';
export { studentTest } from './means/student-test.js';
export { welchTest } from './means/welch-test.js';
export { zTest } from './means/z-test.js';

export { agrestiCaffoInterval } from './proportions/agresti-caffo-interval.js';
export { barnardExactTest, type BarnardOrdering } from './proportions/barnard-exact-test.js';
export { boschlooExactTest } from './proportions/boschloo-exact-test.js';
export { cohenH } from './proportions/cohen-h.js';
export { contingencyTest, type ContingencyMethod, type ContingencyTest } from './proportions/contingency-test.js';
export { correctedZTest, type CorrectedZOptions, type CorrectedZTest } from './proportions/corrected-z-test.js';
export { fisherExactTest } from './proportions/fisher-exact-test.js';
export { katzLogInterval } from './proportions/katz-log-interval.js';
export { newcombeInterval } from './proportions/newcombe-interval.js';
export { pooledZTest, type ProportionZTest } from './proportions/pooled-z-test.js';
export { proportionLift } from './proportions/proportion-lift.js';
export { scoreInterval } from './proportions/score-interval.js';
export { waldInterval } from './proportions/wald-interval.js';
export { wilsonInterval } from './proportions/wilson-interval.js';

export { exactBinomialTest } from './srm/exact-binomial-test.js';
export { checkMultipleExposures, type MultipleExposureCheck } from './srm/multiple-exposures.js';
export { sequentialSrm, type SequentialSrmLook } from './srm/sequential-srm.js';
export { srmOverPeriods, type SrmPeriod } from './srm/srm-over-periods.js';
export { srmTest, type SrmOptions, type SrmResult, type SrmVerdict } from './srm/srm-test.js';
export { twoArmSrmTest, type TwoArmSrmMethod, type TwoArmSrmOptions } from './srm/two-arm-srm-test.js';

export {
  addToCovariate,
  covariateFromSums,
  covariateFromValues,
  covariateSummary,
  emptyCovariate,
  mergeCovariates,
  type CovariateKinds,
  type CovariateSummary,
  type CovariateSums,
  type VariableKind,
} from './summary/covariate-summary.js';
export {
  addToMean,
  emptyMean,
  meanFromSums,
  meanFromValues,
  meanFromVariance,
  meanSummary,
  mergeMeans,
  type MeanSummary,
} from './summary/mean-summary.js';
export { addObservation } from './summary/add-observation.js';
export { mergeMoments } from './summary/merge-moments.js';
export { momentsFromSums } from './summary/moments-from-sums.js';
export { momentsFromValues } from './summary/moments-from-values.js';
export { covarianceOf, emptyMoments, freezeMoments, meanOf, varianceOf, type Moments } from './summary/moments.js';
export {
  mergeProportions,
  proportionFromValues,
  proportionSummary,
  type ProportionSummary,
} from './summary/proportion-summary.js';
export {
  addToRatioCovariate,
  emptyRatioCovariate,
  mergeRatioCovariates,
  ratioCovariateFromSums,
  ratioCovariateFromValues,
  ratioCovariateSummary,
  type RatioCovariateSummary,
  type RatioCovariateValues,
} from './summary/ratio-covariate-summary.js';
export {
  addToRatio,
  emptyRatio,
  mergeRatios,
  ratioFromSums,
  ratioFromValues,
  ratioSummary,
  type RatioSummary,
  type RatioSums,
} from './summary/ratio-summary.js';
export { adjustPValues } from './multiple-testing/adjust-p-values.js';
