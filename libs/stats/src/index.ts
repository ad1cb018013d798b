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
export { freezeMoments, type Moments } from './summary/moments.js';
export { compareArms, type ArmsInput, type ComparableSummary } from './comparison/compare-arms.js';
export type { ComparisonOptions } from './comparison/comparison-options.js';
export type { Comparison } from './comparison/comparison.js';
export { adjustPValues } from './multiple-testing/adjust-p-values.js';
export { srmTest, type SrmResult, type SrmVerdict } from './srm/srm-test.js';
export { meanSummary, type MeanSummary } from './summary/mean-summary.js';
export { proportionSummary, type ProportionSummary } from './summary/proportion-summary.js';
export { ratioSummary, type RatioSummary } from './summary/ratio-summary.js';
