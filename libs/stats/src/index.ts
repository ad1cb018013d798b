export { REFUSAL_CODES, computed, computedNumbers, refuse, refused } from './refusal.js';
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
  normalLogCdf,
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
export { compareCuped, compareCupedRatio } from './comparison/compare-cuped.js';
export { compareEstimates } from './comparison/compare-estimates.js';
export { compareProportions } from './comparison/compare-proportions.js';
export { compareQuantiles } from './comparison/compare-quantiles.js';
export { compareStrata } from './comparison/compare-strata.js';
export type { ComparisonOptions } from './comparison/comparison-options.js';
export type {
  BayesianView,
  Comparison,
  ComparisonEffect,
  ComparisonTest,
  RelativeEffect,
  RobustInterval,
  SequentialView,
} from './comparison/comparison.js';

export { cupedEffect } from './cuped/cuped-effect.js';
export { cupedEstimate, type CupedEstimate } from './cuped/cuped-estimate.js';
export { cupedRatioEffect } from './cuped/cuped-ratio-effect.js';
export { cupedRatioEstimate, type CupedRatioEstimate } from './cuped/cuped-ratio-estimate.js';
export { cupedTheta } from './cuped/cuped-theta.js';
export { regressionAdjustment, type RegressionAdjustment, type RegressionData } from './cuped/regression-adjustment.js';

export { armEstimate, type ArmEstimate, type PlainSummary } from './effect/arm-estimate.js';
export { effect, type EffectInput } from './effect/effect.js';
export type { Alternative, EffectResult, Interval } from './effect/effect-result.js';
export { fiellerInterval } from './effect/fieller-interval.js';
export { fiellerLift, type LiftParts } from './effect/fieller-lift.js';
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

export { postStratifiedEffect } from './post-stratification/post-stratified-effect.js';
export { postStratifiedEstimate, type PostStratifiedEstimate } from './post-stratification/post-stratified-estimate.js';
export type { StratifiableSummary, Stratum } from './post-stratification/stratum.js';

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

export { quantileEffect } from './quantiles/quantile-effect.js';
export { quantileEstimate, refuseQuantile } from './quantiles/quantile-estimate.js';
export {
  gridSize,
  intervalLevels,
  quantileFromClusters,
  quantileFromEvents,
  quantileFromRanks,
  quantileFromSorted,
  quantileFromValues,
  type QuantileClusters,
  type QuantileSummary,
} from './quantiles/quantile-summary.js';
export { sampleQuantile, sortedValues } from './quantiles/sample-quantile.js';

export { ratioCovariance } from './ratio/ratio-covariance.js';
export { ratioEffect } from './ratio/ratio-effect.js';
export { ratioSums } from './ratio/ratio-sums.js';
export { ratioMoments, ratioVariance, type RatioMoments } from './ratio/ratio-variance.js';

export { exactBinomialTest } from './srm/exact-binomial-test.js';
export { checkMultipleExposures, type MultipleExposureCheck } from './srm/multiple-exposures.js';
export { sequentialSrm, sequentialSrmOfChangedWeights, type SequentialSrmLook } from './srm/sequential-srm.js';
export { srmOfChangedWeights } from './srm/srm-of-changed-weights.js';
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
  meanFromProportion,
  meanFromSums,
  meanFromValues,
  meanFromVariance,
  meanSummary,
  mergeMeans,
  type MeanSummary,
} from './summary/mean-summary.js';
export { addObservation } from './summary/add-observation.js';
export { mergeMoments } from './summary/merge-moments.js';
export { mergeSummaries, type Summary } from './summary/merge-summaries.js';
export { momentsFromSums } from './summary/moments-from-sums.js';
export { momentsFromValues } from './summary/moments-from-values.js';
export { selectMoments } from './summary/select-moments.js';
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

export { winsorLimits, type WinsorLimits, type WinsorOptions } from './winsorization/winsor-limits.js';
export { winsorize, type Winsorized } from './winsorization/winsorize.js';

export { betaBestOfArms } from './bayesian/beta-best-of-arms.js';
export { betaBinomial, type BetaBinomialComparison } from './bayesian/beta-binomial.js';
export { betaDifferenceCdf, betaDifferenceInterval } from './bayesian/beta-difference.js';
export {
  UNIFORM_PRIOR,
  betaPosterior,
  type BetaPosterior,
  type BetaShape,
  type ConversionArm,
} from './bayesian/beta-posterior.js';
export type { BestOfArms } from './bayesian/best-of-arms.js';
export { effectPosterior, type EstimatedEffect } from './bayesian/effect-posterior.js';
export { expectedExcess } from './bayesian/expected-excess.js';
export { normalBestOfArms, type NormalArm } from './bayesian/normal-best-of-arms.js';
export { normalPosterior, type NormalPosterior, type PosteriorOptions } from './bayesian/normal-posterior.js';
export { absolutePrior, type NormalPrior } from './bayesian/normal-prior.js';

export type { ChiSquareTest } from './contrast/chi-square-test.js';
export { zEffect } from './contrast/z-effect.js';

export { factorial2x2, type Cells2x2, type Factorial2x2 } from './factorial/factorial-2x2.js';
export { factorialAnova, type AnovaTest, type FactorialAnova } from './factorial/factorial-anova.js';
export { factorialWald, type FactorialWald } from './factorial/factorial-wald.js';

export {
  segmentHeterogeneity,
  type SegmentEffect,
  type SegmentHeterogeneity,
  type SegmentResult,
} from './heterogeneity/segment-heterogeneity.js';
export { OTHER_SEGMENT, topSegments, type CountedSegment } from './heterogeneity/top-segments.js';

export { assignmentIndependence } from './interaction/assignment-independence.js';
export { experimentInteraction, type ExperimentInteraction } from './interaction/experiment-interaction.js';
export { logitInteraction, type ConversionCell } from './interaction/logit-interaction.js';
export { screenInteractions, type ScreenedInteraction } from './interaction/screen-interactions.js';

export { adjustPValues } from './multiple-testing/adjust-p-values.js';
export { adjustedAlphas } from './multiple-testing/adjusted-alphas.js';
export { adjustedInterval, type AdjustedIntervalInput } from './multiple-testing/adjusted-interval.js';
export { CORRECTIONS, type Correction } from './multiple-testing/correction.js';
export {
  falseCoverageIntervals,
  type FalseCoverageInterval,
  type TestedEffect,
} from './multiple-testing/false-coverage-intervals.js';
export {
  oneSidedIntervals,
  type OneSidedCorrection,
  type OneSidedEffect,
  type OneSidedInterval,
} from './multiple-testing/one-sided-intervals.js';
export { successGuardrailSplit, type SuccessGuardrailSplit } from './multiple-testing/success-guardrail-split.js';

export { guardrailHarm, type GuardrailHarm } from './non-inferiority/guardrail-harm.js';
export { nonInferiority, type NonInferiority, type NonInferiorityPlan } from './non-inferiority/non-inferiority.js';

export { noveltyTrend, type DailyEffect, type NoveltyTrend } from './novelty/novelty-trend.js';

export {
  allocationSampleSize,
  type AllocationSampleSize,
  type AllocationSampleSizeInput,
} from './power/allocation-sample-size.js';
export { bayesianMde, bayesianPower, type BayesianDesign } from './power/bayesian-power.js';
export { duration, type Duration, type DurationInput } from './power/duration.js';
export { meanMde } from './power/mean-mde.js';
export { meanPower, type MeanPower, type MeanPowerInput } from './power/mean-power.js';
export { meanSampleSize, meanSampleSizeT, type MeanSampleSizeInput } from './power/mean-sample-size.js';
export {
  midExperimentPower,
  type MidExperimentEngine,
  type MidExperimentInput,
  type MidExperimentPower,
} from './power/mid-experiment-power.js';
export { posteriorPower } from './power/posterior-power.js';
export { proportionPower, type ProportionPowerInput } from './power/proportion-power.js';
export {
  proportionSampleSize,
  type ProportionSampleSize,
  type ProportionSampleSizeInput,
} from './power/proportion-sample-size.js';
export { relativeMde } from './power/relative-mde.js';
export { relativePower, type RelativeDesign } from './power/relative-power.js';
export { relativeSampleSize } from './power/relative-sample-size.js';

export {
  asymptoticConfidenceSequence,
  type AsymptoticConfidenceSequence,
  type AsymptoticLook,
  type AsymptoticPlan,
} from './sequential/asymptotic-confidence-sequence.js';
export { asymptoticCriticalValue } from './sequential/asymptotic-critical-value.js';
export { asymptoticRho } from './sequential/asymptotic-rho.js';
export { asymptoticStream, type AsymptoticStreamLook } from './sequential/asymptotic-stream.js';
export { bisectedOneSidedP } from './sequential/bisected-one-sided-p.js';
export { spentAlpha, type GroupBoundary, type SpendingBoundary } from './sequential/group-boundary.js';
export {
  groupSequentialBounds,
  type GroupSequentialBounds,
  type GroupSequentialPlan,
} from './sequential/group-sequential-bounds.js';
export {
  groupSequentialDecision,
  type GroupSequentialDecision,
  type GroupSequentialVerdict,
} from './sequential/group-sequential-decision.js';
export { groupSequentialInflation, type GroupSequentialInflation } from './sequential/group-sequential-inflation.js';
export { informationFractions } from './sequential/information-fractions.js';
export { msprtStream, type MsprtStreamLook, type MsprtStreamPlan } from './sequential/msprt-stream.js';
export { msprtTau2 } from './sequential/msprt-tau2.js';
export { msprt, type Msprt, type MsprtPlan } from './sequential/msprt.js';
export {
  nextGroupLook,
  type NextGroupLook,
  type NextGroupLookPlan,
  type TakenLook,
} from './sequential/next-group-look.js';
export { repeatedInterval } from './sequential/repeated-interval.js';
export { NO_LOOKS, advanceRunningView, type RunningView } from './sequential/running-view.js';
