import type { RecordedLook, Refusal, SequentialResult } from '@assay/contracts';
import { nextGroupLook, repeatedInterval, type Alternative } from '@assay/stats';
import { nextLook } from '../looks/look-schedule.js';
import type { LookTaken } from '../looks/look-taken.js';
import {
  described,
  endsOf,
  plannedUnitsOf,
  WHOLE_DATA_ONLY,
  type SequentialInput,
  type SequentialOutcome,
} from './sequential-input.js';

/**
 * A plan that decides at its looks: the units so far, the looks that were taken, and what they say. Between the looks the
 * numbers go on, and decide nothing.
 */
export function groupSequentialView(input: SequentialInput): SequentialOutcome {
  const { analysis, metric, units, alternative, looks } = input;
  if (looks === null) return { sequential: null, sequentialRefusal: WHOLE_DATA_ONLY };
  const plannedUnits = plannedUnitsOf(analysis, metric);
  const next = nextLook(looks, plannedUnits, analysis.looks);
  const impossible = next === null ? null : faultOf(input, plannedUnits, next.units);
  if (impossible !== null) return { sequential: null, sequentialRefusal: impossible };
  const deciding = looks.find(({ crossed }) => crossed) ?? looks.at(-1);
  const shown = deciding === undefined ? null : recordedLook(deciding, alternative);
  const view: SequentialResult = {
    ...described(input),
    ci: shown?.absolute.ci ?? null,
    relativeCi: shown?.relative?.ci ?? null,
    significant: shown?.crossed ?? false,
    plannedUnits,
    units,
    informationFraction: Math.min(1, units / plannedUnits),
    criticalValue: shown?.criticalValue ?? null,
    look: shown?.look ?? null,
    looks: analysis.looks,
    recordedLooks: looks.map((each) => recordedLook(each, alternative)),
    nextLook: next,
  };
  return { sequential: view, sequentialRefusal: null };
}

/** Interim boundaries of three standard errors may by themselves spend more than a corrected level. */
function faultOf(
  { analysis, alpha, alternative, looks }: SequentialInput,
  plannedInformation: number,
  information: number,
): Refusal | null {
  if (analysis.sequential !== 'haybittle-peto') return null;
  const boundary = nextGroupLook({
    taken: (looks ?? []).map(({ units, criticalValue }) => ({ information: units, criticalValue })),
    information,
    plannedInformation,
    alphaOneSided: alternative === 'two-sided' ? alpha / 2 : alpha,
    boundary: { kind: analysis.sequential },
  });
  return boundary.ok ? null : boundary.refusal;
}

function recordedLook(taken: LookTaken, alternative: Alternative): RecordedLook {
  const { criticalValue, relativeEstimate, relativeStandardError } = taken;
  const estimateOf = (estimate: number, standardError: number): RecordedLook['absolute'] => ({
    estimate,
    standardError,
    ci: endsOf(repeatedInterval(estimate, standardError, criticalValue), alternative),
  });
  return {
    look: taken.plannedLook,
    takenAt: taken.takenAt.toISOString(),
    units: taken.units,
    informationFraction: taken.informationFraction,
    absolute: estimateOf(taken.estimate, taken.standardError),
    relative:
      relativeEstimate === null || relativeStandardError === null
        ? null
        : estimateOf(relativeEstimate, relativeStandardError),
    statistic: taken.statistic,
    criticalValue: Number.isFinite(criticalValue) ? criticalValue : null,
    alphaSpent: taken.alphaSpent,
    crossed: taken.crossed,
  };
}
