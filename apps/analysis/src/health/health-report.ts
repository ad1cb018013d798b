import type { ExperimentHealth, SrmOfPart, SrmResult } from '@assay/contracts';
import { checkMultipleExposures, sequentialSrmOfChangedWeights, type SrmPeriod } from '@assay/stats';
import type { ExperimentData } from '../data/experiment-data.js';
import type { Segments } from '../data/segment-reader.js';
import type { Split, SplitPart } from '../data/split.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { splitPeriods, splitSrm } from '../results/split-srm.js';
import { dayName } from '../series/day-name.js';
import { balanceReport } from './balance-tests.js';
import { healthIssues } from './health-issues.js';
import { heterogeneityReport, noveltyReport, type HealthScans } from './scan-report.js';

export interface HealthInput {
  readonly plan: ExperimentPlan;
  readonly data: ExperimentData;
  readonly split: Split;
  readonly segments: Segments | null;
  readonly scans: HealthScans;
  readonly computedAt: Date;
}

/** Whether an experiment's data can be trusted, from nothing but the data and the plan. */
export function healthReport(input: HealthInput): ExperimentHealth {
  const { plan, data, split, segments, scans, computedAt } = input;
  const { definition } = plan;
  const units = definition.variants.map(({ id }) => data.totals.get(id)?.units ?? 0);
  const conflicted = [...data.totals.values()].reduce((sum, arm) => sum + arm.conflicted, 0);
  const days = byDay(plan, data);
  const total = units.reduce((sum, count) => sum + count, 0);
  const report = {
    srm: {
      overall: splitSrm(splitPeriods(plan, split, units)),
      byDay: days.map((each) => ({
        day: dayName(each.day),
        ...corrected(plan, each.units, splitPeriods(plan, split, each.units, onDay(each)), days.length),
      })),
      bySegment: segments === null ? null : srmBySegment(plan, split, segments),
      sequential: sequentialView(days.map((each) => splitPeriods(plan, split, each.units, onDay(each)))),
      allocations: allocationsOf(plan, split, units),
    },
    multipleExposures: { ...checkMultipleExposures(conflicted, total) },
    balance: balanceReport({ plan, data, ages: scans.ages }),
    heterogeneity: heterogeneityReport(plan, scans),
    novelty: noveltyReport(plan, scans),
    flow: days.map(({ day, units: counts, conflicted: several }) => ({
      day: dayName(day),
      units: byKey(plan, counts),
      multipleExposures: several,
    })),
  };
  return {
    experimentId: definition.id,
    experimentKey: definition.key,
    computedAt: computedAt.toISOString(),
    ...healthIssues(report),
    ...report,
  };
}

const onDay =
  ({ day }: DayCounts) =>
  (part: SplitPart): boolean =>
    part.day === day;

interface DayCounts {
  readonly day: number;
  readonly units: readonly number[];
  readonly conflicted: number;
}

/** Units by variant, day after day. */
function byDay({ definition }: ExperimentPlan, { flow }: ExperimentData): DayCounts[] {
  const days = [...new Set(flow.map(({ day }) => day))].sort((a, b) => a - b);
  return days.map((day) => {
    const present = flow.filter((each) => each.day === day);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    return {
      day,
      units: definition.variants.map(({ id }) =>
        sum(present.filter(({ variantId }) => variantId === id).map(({ units }) => units)),
      ),
      conflicted: sum(present.map(({ conflicted }) => conflicted)),
    };
  });
}

/** A part is judged by a p-value that counts how many parts were looked at (Bonferroni). */
function corrected(
  plan: ExperimentPlan,
  units: readonly number[],
  periods: readonly SrmPeriod[],
  parts: number,
): SrmOfPart {
  const srm = splitSrm(periods);
  const adjustedPValue = srm.pValue === null ? null : Math.min(1, srm.pValue * parts);
  return { ...srm, adjustedPValue, verdict: verdictAt(srm.verdict, adjustedPValue), units: byKey(plan, units) };
}

function verdictAt(verdict: SrmResult['verdict'], pValue: number | null): SrmResult['verdict'] {
  if (verdict === 'insufficient' || pValue === null) return verdict;
  return pValue < 0.001 ? 'mismatch' : pValue < 0.01 ? 'warning' : 'ok';
}

function srmBySegment(plan: ExperimentPlan, split: Split, segments: Segments): (SrmOfPart & { segment: string })[] {
  return [...segments].map(([segment, { totals }]) => {
    const units = plan.definition.variants.map(({ id }) => totals.get(id)?.units ?? 0);
    const periods = splitPeriods(plan, split, units, (part) => part.segment === segment);
    return { segment, ...corrected(plan, units, periods, segments.size) };
  });
}

/** A look at the end of each day; the p-value is the smallest of them and may be looked at whenever. */
function sequentialView(days: readonly (readonly SrmPeriod[])[]): ExperimentHealth['srm']['sequential'] {
  const soFar: SrmPeriod[][] = [];
  for (const periods of days) {
    const before = soFar.at(-1);
    soFar.push(
      periods.map(({ observed, weights }, epoch) => ({
        weights,
        observed: observed.map((count, arm) => count + (before?.[epoch]?.observed[arm] ?? 0)),
      })),
    );
  }
  const looks = sequentialSrmOfChangedWeights(soFar);
  const last = looks.ok ? looks.value.at(-1) : undefined;
  if (last === undefined) return { pValue: null, logBayesFactor: null, looks: 0, verdict: 'insufficient' };
  return { ...last, looks: days.length, verdict: verdictAt('ok', last.pValue) };
}

/** What was expected of which units. */
function allocationsOf(
  plan: ExperimentPlan,
  split: Split,
  units: readonly number[],
): ExperimentHealth['srm']['allocations'] {
  const { variants } = plan.definition;
  const periods = splitPeriods(plan, split, units);
  return split.epochs.map(({ version, since, weights }, epoch) => ({
    version,
    since: since?.toISOString() ?? null,
    shares: Object.fromEntries(variants.map(({ id, key }) => [key, weights.get(id) ?? 0])),
    units: byKey(plan, periods[epoch]?.observed ?? []),
  }));
}

function byKey({ definition }: ExperimentPlan, counts: readonly number[]): Record<string, number> {
  return Object.fromEntries(definition.variants.map(({ key }, index) => [key, counts[index] ?? 0]));
}
