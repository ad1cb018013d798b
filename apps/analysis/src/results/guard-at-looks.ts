import type { AnalysisPlan, GuardResult, Metric } from '@assay/contracts';
import { repeatedInterval } from '@assay/stats';
import type { LookTaken } from '../looks/look-taken.js';
import { WHOLE_DATA_ONLY } from './sequential-input.js';

/**
 * Harm and margin under a plan that decides at its looks: by the boundaries of the looks that were taken, in either direction, and
 * by the repeated intervals of the relative effect. What a look showed stands, whatever comes later.
 */
export function guardAtLooks(
  { sequential: method }: Pick<AnalysisPlan, 'sequential'>,
  { nonInferiorityMargin: margin, lowerIsBetter }: Metric,
  looks: readonly LookTaken[] | null,
): GuardResult {
  const unknown = { margin, nonInferior: null, nonInferiorityPValue: null, harmed: null, harmPValue: null, method };
  if (looks === null) return { ...unknown, refusal: WHOLE_DATA_ONLY };
  if (looks.length === 0) return { ...unknown, refusal: { code: 'NO_LOOK', message: 'No look has been taken yet.' } };
  const preferred = lowerIsBetter ? -1 : 1;
  return {
    ...unknown,
    nonInferior: margin === null ? null : looks.some((look) => isKept(look, margin, preferred)),
    harmed: looks.some(({ statistic, criticalValue }) => -preferred * statistic >= criticalValue),
    refusal: null,
  };
}

function isKept(look: LookTaken, margin: number, preferred: 1 | -1): boolean {
  const { relativeEstimate, relativeStandardError, criticalValue } = look;
  if (relativeEstimate === null || relativeStandardError === null) return false;
  return repeatedInterval(preferred * relativeEstimate, relativeStandardError, criticalValue)[0] > -margin;
}
