import type { AnalysisPlan, Metric, MetricResult } from '@assay/contracts';
import { percent, short, whole } from './sentences.js';

export interface Needs {
  readonly units: number | null;
  readonly days: number | null;
}

/** What the plan asks for before it decides, and what would be needed to tell the planned effect. */
export interface Requirements {
  /** What is missing before anything may be decided; empty when nothing is. */
  readonly unmet: readonly string[];
  /** The planned sample is there: what it does not show, more of the same will not show cheaply. */
  readonly isComplete: boolean;
  readonly reasons: readonly string[];
  readonly needs: Needs | null;
}

export interface RequirementsInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  readonly primary: MetricResult;
  /** Units of the smallest variant. */
  readonly smallest: number;
  readonly variants: number;
  /** Days since the first exposure. */
  readonly days: number;
  /** New units of all variants a day. */
  readonly dailyUnits: number;
}

export function requirements(input: RequirementsInput): Requirements {
  const { analysis, metric, primary, smallest, variants, days, dailyUnits } = input;
  const perVariant = Math.max(analysis.minimumUnits, metric.minimumSampleSize);
  const missingUnits = Math.max(0, perVariant - smallest);
  const missingDays = Math.max(0, analysis.minimumDays - days);
  const unmet = [
    ...(missingUnits > 0
      ? [`The smallest variant has ${whole(smallest)} of at least ${whole(perVariant)} units.`]
      : []),
    ...(missingDays > 0 ? [`It has run for ${short(days)} of at least ${short(analysis.minimumDays)} days.`] : []),
  ];
  const powers = primary.comparisons.flatMap(({ power }) => (power === null || power.refusal !== null ? [] : [power]));
  const further = [
    missingUnits * variants,
    ...powers.map(({ additionalUnits }) => additionalUnits ?? 0),
    plannedLeft(primary),
  ];
  const units = Math.ceil(Math.max(...further));
  const waits = [
    missingDays,
    ...powers.map(({ additionalDays }) => additionalDays ?? 0),
    dailyUnits > 0 ? units / dailyUnits : 0,
  ];
  const isPlanned =
    powers.length > 0 || perVariant > 0 || analysis.minimumDays > 0 || plannedFraction(primary) !== null;
  return {
    unmet,
    isComplete: isPlanned && unmet.length === 0 && units === 0 && !isLookOpen(primary),
    reasons: powers
      .slice(0, 1)
      .map(
        ({ powerNow, targetEffect, targetPower, additionalUnits, additionalDays }) =>
          `The power for a relative effect of ${percent(targetEffect)} is ${percent(powerNow ?? 0)} now; ${percent(targetPower)} needs ${whole(additionalUnits ?? 0)} more units${additionalDays === null ? '' : `, about ${whole(additionalDays)} days`}.`,
      ),
    needs: isPlanned ? { units, days: dailyUnits > 0 || missingDays > 0 ? Math.ceil(Math.max(...waits)) : null } : null,
  };
}

/** Share of the units that a group-sequential plan was made for; null for other plans. */
function plannedFraction({ comparisons }: MetricResult): number | null {
  const fractions = comparisons.flatMap(({ sequential }) => sequential?.informationFraction ?? []);
  return fractions.length === 0 ? null : Math.min(...fractions);
}

/** A group-sequential plan has not come to its last look, though the units may be there. */
const isLookOpen = ({ comparisons }: MetricResult): boolean =>
  comparisons.some(({ sequential }) => sequential != null && sequential.nextLook !== null);

function plannedLeft({ comparisons }: MetricResult): number {
  const left = comparisons.map(({ sequential }) =>
    sequential?.informationFraction == null ? 0 : (1 - sequential.informationFraction) * (sequential.plannedUnits ?? 0),
  );
  return Math.max(0, ...left);
}
