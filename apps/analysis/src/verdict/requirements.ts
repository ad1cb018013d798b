import type { AnalysisPlan, Metric, MetricResult, MidExperimentResult } from '@assay/contracts';
import { groupSequentialMethod } from '../looks/look-schedule.js';
import { decidingView } from '../results/deciding-view.js';
import { decidesOnce, forAllArms, plannedSample, type PlannedSample } from './planned-sample.js';
import { percent, short, whole } from './sentences.js';

export interface Needs {
  readonly units: number | null;
  readonly days: number | null;
}

/** What the plan asks for before it decides, and what would be needed to tell the planned effect. */
export interface Requirements {
  /** Minimums that are missing before anything may be decided; empty when none is. */
  readonly unmet: readonly string[];
  /** What there is of a planned sample that is not complete; null when it is, or none was planned. */
  readonly ahead: string | null;
  /** The plan decides once, at its planned sample, and that is not there yet. */
  readonly isTooEarly: boolean;
  /** The planned sample is there: what it does not show, more of the same will not show cheaply. */
  readonly isComplete: boolean;
  readonly reasons: readonly string[];
  readonly needs: Needs | null;
}

export interface RequirementsInput {
  readonly analysis: AnalysisPlan;
  readonly metric: Metric;
  readonly primary: MetricResult;
  /** Of the arms compared, by variant key. */
  readonly units: ReadonlyMap<string, number>;
  /** Those of them that get more: the others cannot be waited for. */
  readonly growing: ReadonlySet<string>;
  /** Days since the first exposure. */
  readonly days: number;
  /** New units of the growing arms a day. */
  readonly dailyUnits: number;
}

export function requirements(input: RequirementsInput): Requirements {
  const { analysis, metric, primary, units: perArm, growing, days, dailyUnits } = input;
  const arms = growing.size;
  const smallest = Math.min(...[...growing].map((key) => perArm.get(key) ?? 0));
  const { unmet, missingUnits, missingDays, hasAny } = minimumsOf(analysis, metric, smallest, days);
  const powers = primary.comparisons.flatMap(({ power }) => (power === null || power.refusal !== null ? [] : [power]));
  const atLooks = decidingView(analysis) === 'sequential' && groupSequentialMethod(analysis) !== null;
  const planned = atLooks
    ? sampleByLooks(primary, arms)
    : plannedSample({ analysis, metric, comparisons: primary.comparisons, units: perArm, smallest, arms });
  // Such plans end where they were to end, whatever more would show.
  const hasEnd = atLooks || (decidesOnce(analysis) && analysis.plannedUnits !== null);
  const wanted = hasEnd ? [] : powers;
  const units = Math.ceil(
    Math.max(
      missingUnits * arms,
      planned?.missing ?? 0,
      ...wanted.map(({ additionalUnits }) => forAllArms(additionalUnits ?? 0, arms)),
    ),
  );
  const waits = [
    missingDays,
    ...wanted.map(({ additionalDays }) => additionalDays ?? 0),
    dailyUnits > 0 ? units / dailyUnits : 0,
  ];
  const isThere = planned?.missing === 0;
  const isPlanned = powers.length > 0 || hasAny || planned !== null;
  return {
    unmet,
    ahead: planned === null || isThere ? null : planned.sentence,
    isTooEarly: planned !== null && !isThere && decidesOnce(analysis),
    isComplete: isThere && unmet.length === 0 && units === 0 && !(atLooks && isLookOpen(primary)),
    reasons: powers.slice(0, 1).map(powerSentence),
    needs: isPlanned ? needsOf(planned?.missing === null, units, waits, dailyUnits > 0 || missingDays > 0) : null,
  };
}

/** What has to be there before anything is decided. */
function minimumsOf(analysis: AnalysisPlan, { minimumSampleSize }: Metric, smallest: number, days: number) {
  const perVariant = Math.max(analysis.minimumUnits, minimumSampleSize);
  const missingUnits = Math.max(0, perVariant - smallest);
  const missingDays = Math.max(0, analysis.minimumDays - days);
  const unmet = [
    ...(missingUnits > 0
      ? [`The smallest variant has ${whole(smallest)} of at least ${whole(perVariant)} units.`]
      : []),
    ...(missingDays > 0 ? [`It has run for ${short(days)} of at least ${short(analysis.minimumDays)} days.`] : []),
  ];
  return { unmet, missingUnits, missingDays, hasAny: perVariant > 0 || analysis.minimumDays > 0 };
}

const powerSentence = ({
  powerNow,
  targetEffect,
  targetPower,
  additionalUnits,
  additionalDays,
}: MidExperimentResult): string =>
  `The power for a relative effect of ${percent(targetEffect)} is ${percent(powerNow ?? 0)} now; ${percent(targetPower)} needs ${whole(additionalUnits ?? 0)} more units${additionalDays === null ? '' : `, about ${whole(additionalDays)} days`}.`;

function needsOf(isUnknown: boolean, units: number, waits: readonly number[], isRated: boolean): Needs {
  if (isUnknown) return { units: null, days: null };
  return { units, days: isRated ? Math.ceil(Math.max(...waits)) : null };
}

/** A group-sequential plan counts the units of the metric, as its looks do. */
function sampleByLooks({ comparisons }: MetricResult, arms: number): PlannedSample | null {
  const views = comparisons.flatMap(({ sequential }) => sequential ?? []);
  if (views.length === 0) return null;
  const left = views.map(({ plannedUnits, units }) => Math.max(0, (plannedUnits ?? 0) - units));
  const most = Math.max(...left);
  const behind = views[left.indexOf(most)];
  const sentence = `The two arms compared have ${whole(behind?.units ?? 0)} of the ${whole(behind?.plannedUnits ?? 0)} units planned.`;
  return { missing: forAllArms(most, arms), sentence };
}

/** A group-sequential plan has not come to its last look, though the units may be there. */
const isLookOpen = ({ comparisons }: MetricResult): boolean =>
  comparisons.some(({ sequential }) => sequential !== null && sequential.nextLook !== null);
