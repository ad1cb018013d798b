import { AppError, type MdeRequest, type SampleSizeRequest } from '@assay/contracts';

/** What sample size and smallest effect are computed from, with every choice made. */
export interface SampleDesign {
  readonly kind: SampleSizeRequest['kind'];
  readonly baseline: number;
  /** Of one unit, after CUPED. */
  readonly variance: number;
  /** Factor that CUPED leaves of any variance. */
  readonly residual: number;
  /** Two-sided level of one comparison: a one-sided test at alpha has the boundary of a two-sided one at twice alpha. */
  readonly alpha: number;
  readonly power: number;
  readonly sequentialUnits: number | null;
}

/** A rate nearer to 0 has no events, and one nearer to 1 no double between it and 1 to plan for. */
const LEAST_RATE = 1e-12;
const LARGEST_RATE = 1 - 1e-9;
/** Of a mean or ratio: effects relative to less leave the doubles. */
const LEAST_BASELINE = 1e-100;

type Asked = Omit<MdeRequest, 'unitsPerVariant'>;

/** @throws AppError naming the field that makes no design */
export function sampleDesign(asked: Asked): SampleDesign {
  const { kind, baseline, standardDeviation, cupedCorrelation, comparisons, alternative, power, sequentialUnits } =
    asked;
  const alpha = (asked.alpha / comparisons) * (alternative === 'one-sided' ? 2 : 1);
  if (power <= alpha) throw AppError.field('power', `must be above alpha, ${alpha}`);
  if (kind === 'proportion' && !(baseline > 0 && baseline < 1)) {
    throw AppError.field('baseline', 'of a proportion is a rate between 0 and 1');
  }
  if (kind === 'proportion' && !(baseline >= LEAST_RATE && baseline <= LARGEST_RATE)) {
    throw AppError.field('baseline', `of a proportion must lie between ${LEAST_RATE} and ${LARGEST_RATE}`);
  }
  if (baseline === 0) throw AppError.field('baseline', 'must not be 0: an effect is relative to it');
  if (Math.abs(baseline) < LEAST_BASELINE) {
    throw AppError.field('baseline', `must be at least ${LEAST_BASELINE} away from 0: an effect is relative to it`);
  }
  if (kind !== 'proportion' && standardDeviation === null) {
    throw AppError.field('standardDeviation', `must be given for a ${kind}`);
  }
  const spread = kind === 'proportion' ? baseline * (1 - baseline) : (standardDeviation ?? 0) ** 2;
  const residual = 1 - cupedCorrelation ** 2;
  return { kind, baseline, variance: spread * residual, residual, alpha, power, sequentialUnits };
}

/** The rate of the treatment; @throws AppError naming `effect` when it is no rate */
export function treatedRate(baseline: number, effect: number): number {
  const rate = baseline * (1 + effect);
  if (rate > 0 && rate < 1) return rate;
  throw AppError.field('effect', `makes a rate of ${Number(rate.toPrecision(4))}, which is not between 0 and 1`);
}
