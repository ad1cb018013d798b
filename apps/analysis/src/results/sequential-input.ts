import type { AnalysisPlan, Metric, Refusal, SequentialResult } from '@assay/contracts';
import type { Alternative, Comparison } from '@assay/stats';
import type { LookTaken } from '../looks/look-taken.js';

/** Units of both arms planned for when neither plan nor metric says. */
const DEFAULT_PLANNED_UNITS = 5_000;
/** Looks of a group-sequential plan are taken at all units. */
export const WHOLE_DATA_ONLY: Refusal = {
  code: 'WHOLE_DATA_ONLY',
  message: 'The looks of a group-sequential plan are taken at all of the data, not at a part of it.',
};

export interface SequentialInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  readonly comparison: Pick<Comparison, 'absolute' | 'relative'>;
  /** Units of both arms. */
  readonly units: number;
  /** Units of the smaller arm. */
  readonly smallest: number;
  /** Level of this comparison, after the correction over the family. */
  readonly alpha: number;
  readonly alternative: Alternative;
  /** What a group-sequential plan has looked at in this comparison; null for a part of the data, which it never looks at. */
  readonly looks: readonly LookTaken[] | null;
}

/** The view, or why there is none; neither for a plan without one. */
export interface SequentialOutcome {
  readonly sequential: SequentialResult | null;
  readonly sequentialRefusal: Refusal | null;
}

type Ends = SequentialResult['ci'];

/** Units of both arms; the sample that a metric asks for is one of each variant. */
export const plannedUnitsOf = ({ plannedUnits }: AnalysisPlan, { minimumSampleSize }: Metric): number =>
  plannedUnits ?? (minimumSampleSize > 0 ? 2 * minimumSampleSize : DEFAULT_PLANNED_UNITS);

export const unavailable = (code: string, message: string): SequentialOutcome => ({
  sequential: null,
  sequentialRefusal: { code, message },
});

export const described = ({ analysis, alpha, units }: SequentialInput): Omit<SequentialResult, 'significant'> => ({
  method: analysis.sequential,
  pValue: null,
  ci: null,
  relativeCi: null,
  alpha,
  units,
  plannedUnits: null,
  informationFraction: null,
  criticalValue: null,
  look: null,
  looks: null,
  mixtureScale: null,
  recordedLooks: [],
  nextLook: null,
});

export function endsOf([low, high]: readonly [number, number], alternative: Alternative = 'two-sided'): Ends {
  return [
    alternative === 'less' || !Number.isFinite(low) ? null : low,
    alternative === 'greater' || !Number.isFinite(high) ? null : high,
  ];
}
