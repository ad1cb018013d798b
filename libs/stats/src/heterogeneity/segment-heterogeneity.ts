import { chiSquareTest, type ChiSquareTest } from '../contrast/chi-square-test.js';
import { cochranQ, type CochranQ } from '../contrast/cochran-q.js';
import { zEffect } from '../contrast/z-effect.js';
import type { EffectResult } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { adjustPValues } from '../multiple-testing/adjust-p-values.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

export interface SegmentEffect {
  readonly segment: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Units of both arms. */
  readonly n: number;
  /** The p-value the segment's own test gives; the z test's if absent. */
  readonly pValue?: number;
}

export interface SegmentResult {
  readonly segment: string;
  readonly estimate: number;
  readonly standardError: number;
  readonly pValue: number;
  /** Family-wise over the segments. */
  readonly holmPValue: number;
  /** False discovery rate over the segments. */
  readonly bhPValue: number;
}

export interface SegmentHeterogeneity {
  readonly segments: readonly SegmentResult[];
  readonly fixedEffect: EffectResult;
  /** Cochran's Q: do segments differ by more than chance? */
  readonly heterogeneity: ChiSquareTest;
  /** Share of the variation between segments that is not chance, 0 to 1. */
  readonly i2: number;
  /** Variance of effects between segments (DerSimonian-Laird), in the squared unit of the effect. */
  readonly tau2: number;
  readonly randomEffects: EffectResult;
  /** Segments weighted by their units: the effect in the population as it came, weights taken as known. */
  readonly postStratified: { readonly estimate: number; readonly standardError: number };
}

/**
 * Effects by the values of a dimension and whether they differ: fixed-effect mean, Cochran's Q, `I² = max(0,
 * (Q-df)/Q)`, `τ² = max(0, (Q-df)/(Σw - Σw²/Σw))`, random-effects mean, and p-values corrected over segments. The
 * dimension must be known before exposure; never read segments by their raw p-values.
 *
 * Sources: Cochran 1954; DerSimonian & Laird 1986; Higgins & Thompson 2002.
 *
 * @param segments - two or more; leave refused ones out.
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID` (fewer than two segments), `NO_UNITS`, `ZERO_VARIANCE`,
 *   `INVALID_INPUT`.
 */
export function segmentHeterogeneity(segments: readonly SegmentEffect[], alpha: number): Outcome<SegmentHeterogeneity> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (segments.length < 2) return refused('PLAN_INVALID', 'Heterogeneity needs at least two segments.');
  if (segments.some(({ estimate }) => !Number.isFinite(estimate))) {
    return refused('INVALID_INPUT', 'Every segment needs a finite estimate.');
  }
  if (segments.some(({ n }) => !(n > 0 && n < Infinity))) return refused('NO_UNITS', 'A segment has no units.');
  if (segments.some(({ standardError }) => !(standardError > 0 && standardError < Infinity))) {
    return refused('ZERO_VARIANCE', 'Every segment needs a positive, finite standard error.');
  }
  const results = correctedSegments(segments, alpha);
  if (!results.ok) return results;
  const fixed = cochranQ(segments);
  const df = segments.length - 1;
  const excess = Math.max(0, fixed.q - df);
  const spread = fixed.weight - fixed.squaredWeight / fixed.weight;
  const tau2 = spread > 0 ? excess / spread : 0; // one segment can weigh so much that the others round away
  const random = randomEffects(segments, tau2);
  const weighed = [fixed, random].flatMap(({ mean, weight, squaredWeight, q }) => [mean, weight, squaredWeight, q]);
  if (!weighed.every(Number.isFinite)) {
    return refused(
      'INVALID_INPUT',
      'Estimates or standard errors of the segments are too large or too small to weigh.',
    );
  }
  return computedNumbers({
    segments: results.value,
    fixedEffect: zEffect(fixed.mean, fixed.standardError, alpha),
    heterogeneity: chiSquareTest(fixed.q, df),
    i2: fixed.q > 0 ? excess / fixed.q : 0,
    tau2,
    randomEffects: zEffect(random.mean, random.standardError, alpha),
    postStratified: postStratified(segments),
  });
}

function correctedSegments(segments: readonly SegmentEffect[], alpha: number): Outcome<SegmentResult[]> {
  const pValues = segments.map((s) => s.pValue ?? zEffect(s.estimate, s.standardError, alpha).pValue);
  const holm = adjustPValues(pValues, 'holm');
  if (!holm.ok) return holm;
  const bh = adjustPValues(pValues, 'bh');
  if (!bh.ok) return bh;
  return computedNumbers(
    segments.map(({ segment, estimate, standardError }, index) => ({
      segment,
      estimate,
      standardError,
      pValue: pValues[index] ?? NaN,
      holmPValue: holm.value[index] ?? NaN,
      bhPValue: bh.value[index] ?? NaN,
    })),
  );
}

function randomEffects(segments: readonly SegmentEffect[], tau2: number): CochranQ {
  return cochranQ(
    segments.map(({ estimate, standardError }) => ({
      estimate,
      standardError: Math.sqrt(standardError * standardError + tau2),
    })),
  );
}

function postStratified(segments: readonly SegmentEffect[]): { estimate: number; standardError: number } {
  const units = segments.reduce((sum, { n }) => sum + n, 0);
  let estimate = 0;
  let variance = 0;
  for (const segment of segments) {
    const share = segment.n / units;
    estimate += share * segment.estimate;
    variance += (share * segment.standardError) ** 2;
  }
  return { estimate, standardError: Math.sqrt(variance) };
}
