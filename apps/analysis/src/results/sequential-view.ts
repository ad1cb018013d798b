import type { AnalysisPlan, Metric, SequentialResult } from '@assay/contracts';
import {
  asymptoticConfidenceSequence,
  groupSequentialBounds,
  msprt,
  repeatedInterval,
  type Alternative,
  type Comparison,
} from '@assay/stats';

/** Units of both arms planned for when neither plan nor metric says. */
const DEFAULT_PLANNED_UNITS = 5_000;
/** Relative effects that the mixture expects when neither plan nor metric says. */
const DEFAULT_MIXTURE_SCALE = 0.1;
/** Too few units for a normal approximation that has to hold from the first look on. */
const BURN_IN_UNITS = 100;

export interface SequentialInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  readonly comparison: Pick<Comparison, 'absolute' | 'relative' | 'statistic'>;
  /** Units of both arms. */
  readonly units: number;
  /** Units of the smaller arm. */
  readonly smallest: number;
  /** Level of this comparison, after the correction over the family. */
  readonly alpha: number;
  readonly alternative: Alternative;
}

type Ends = SequentialResult['ci'];

export const plannedUnitsOf = ({ plannedUnits }: AnalysisPlan, { minimumSampleSize }: Metric): number =>
  plannedUnits ?? (minimumSampleSize > 0 ? minimumSampleSize : DEFAULT_PLANNED_UNITS);

/** The view that stays valid however often it is looked at, by the method of the plan; null when there is none. */
export function sequentialView(input: SequentialInput): SequentialResult | null {
  switch (input.analysis.sequential) {
    case 'none':
      return null;
    case 'asymptotic-cs':
      return confidenceSequence(input);
    case 'msprt':
      return mixtureTest(input);
    default:
      return groupSequential(input);
  }
}

const described = ({ analysis, alpha }: SequentialInput): Omit<SequentialResult, 'significant'> => ({
  method: analysis.sequential,
  pValue: null,
  ci: null,
  relativeCi: null,
  alpha,
  plannedUnits: null,
  informationFraction: null,
  criticalValue: null,
  look: null,
  looks: null,
  mixtureScale: null,
});

function confidenceSequence(input: SequentialInput): SequentialResult | null {
  const { analysis, metric, comparison, units, alpha, alternative } = input;
  const tuningParameter = plannedUnitsOf(analysis, metric);
  const look = ({ estimate, standardError }: { estimate: number; standardError: number | null }) =>
    standardError === null
      ? null
      : asymptoticConfidenceSequence({ estimate, standardError, n: units }, { alpha, tuningParameter, alternative });
  const absolute = comparison.absolute === null ? null : look(comparison.absolute);
  if (absolute?.ok !== true) return null;
  const relative = comparison.relative === null ? null : look(comparison.relative);
  const { pValue, ci } = absolute.value;
  return {
    ...described(input),
    pValue,
    ci: endsOf(ci),
    relativeCi: relative?.ok === true ? endsOf(relative.value.ci) : null,
    significant: pValue < alpha,
    plannedUnits: tuningParameter,
  };
}

/**
 * Mixes over relative effects, so that one scale, fixed before the start, serves every metric; it is two-sided. Without a
 * baseline there are no relative effects, and no such test.
 */
function mixtureTest(input: SequentialInput): SequentialResult | null {
  const { analysis, metric, comparison, smallest, alpha } = input;
  const { relative, absolute } = comparison;
  if (relative?.standardError == null || absolute === null || smallest < BURN_IN_UNITS) return null;
  const mixtureScale = analysis.mixtureScale ?? Math.abs(metric.expectedEffect ?? DEFAULT_MIXTURE_SCALE);
  const tau2 = (mixtureScale > 0 ? mixtureScale : DEFAULT_MIXTURE_SCALE) ** 2;
  const test = msprt(relative.estimate, relative.standardError ** 2, { alpha, tau2 });
  if (!test.ok) return null;
  const { pValue, ci } = test.value;
  const baseline = relative.estimate === 0 ? null : absolute.estimate / relative.estimate;
  return {
    ...described(input),
    pValue,
    ci: baseline === null ? null : [ci[0] * baseline, ci[1] * baseline],
    relativeCi: [ci[0], ci[1]],
    significant: pValue < alpha,
    mixtureScale,
  };
}

/** The look that the units so far have come to, and its boundary; looks that were passed have spent their error. */
function groupSequential(input: SequentialInput): SequentialResult | null {
  const { analysis, metric, comparison, units, alpha, alternative } = input;
  const { absolute, relative, statistic } = comparison;
  const plannedUnits = plannedUnitsOf(analysis, metric);
  const fraction = Math.min(1, units / plannedUnits);
  if (absolute?.standardError == null || statistic === null || fraction === 0) return null;
  const passed = looksBefore(fraction, analysis.looks);
  const criticalValue = boundaryAt(analysis, [...passed, fraction], alternative === 'two-sided' ? alpha / 2 : alpha);
  if (criticalValue === null) return null;
  const towards = alternative === 'two-sided' ? Math.abs(statistic) : alternative === 'less' ? -statistic : statistic;
  return {
    ...described(input),
    ci: endsOf(repeatedInterval(absolute.estimate, absolute.standardError, criticalValue), alternative),
    relativeCi:
      relative?.standardError == null
        ? null
        : endsOf(repeatedInterval(relative.estimate, relative.standardError, criticalValue), alternative),
    significant: towards >= criticalValue,
    plannedUnits,
    informationFraction: fraction,
    criticalValue: Number.isFinite(criticalValue) ? criticalValue : null,
    look: passed.length + 1,
    looks: analysis.looks,
  };
}

/** Planned fractions that lie before the present one. */
const looksBefore = (fraction: number, looks: number): number[] =>
  Array.from({ length: looks - 1 }, (_, index) => (index + 1) / looks).filter((planned) => planned < fraction - 1e-5);

function boundaryAt({ sequential }: AnalysisPlan, fractions: readonly number[], alphaOneSided: number): number | null {
  const kind = sequential === 'obrien-fleming' || sequential === 'pocock' ? sequential : 'haybittle-peto';
  if (kind === 'haybittle-peto' && (fractions.at(-1) ?? 0) < 1) return HAYBITTLE_PETO_INTERIM;
  const key = `${kind} ${alphaOneSided} ${fractions.join(' ')}`;
  const known = boundaries.get(key);
  if (known !== undefined) return known;
  const bounds = groupSequentialBounds({ informationFractions: fractions, alphaOneSided, boundary: { kind } });
  const last = bounds.ok ? (bounds.value.criticalValues.at(-1) ?? null) : null;
  if (boundaries.size > 1_000) boundaries.clear();
  boundaries.set(key, last);
  return last;
}

const HAYBITTLE_PETO_INTERIM = 3;
/** Boundaries cost milliseconds, and every metric of an experiment asks for the same ones. */
const boundaries = new Map<string, number | null>();

function endsOf([low, high]: readonly [number, number], alternative: Alternative = 'two-sided'): Ends {
  return [
    alternative === 'less' || !Number.isFinite(low) ? null : low,
    alternative === 'greater' || !Number.isFinite(high) ? null : high,
  ];
}
