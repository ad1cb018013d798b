import type { BalanceTest, ExperimentHealth, SrmOfPart, SrmResult } from '@assay/contracts';
import { checkMultipleExposures, sequentialSrm } from '@assay/stats';
import type { ExperimentData } from '../data/experiment-data.js';
import type { Segments } from '../data/segment-reader.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { srmOf } from '../results/experiment-results.js';
import { dayName } from '../series/day-name.js';
import { balanceTests } from './balance-tests.js';
import { healthIssues } from './health-issues.js';

export interface HealthInput {
  readonly plan: ExperimentPlan;
  readonly data: ExperimentData;
  readonly segments: Segments | null;
  readonly computedAt: Date;
}

/** Whether an experiment's data can be trusted, from nothing but the data and the plan. */
export function healthReport({ plan, data, segments, computedAt }: HealthInput): ExperimentHealth {
  const { definition } = plan;
  const { variants } = definition;
  const weights = variants.map(({ trafficAllocation }) => trafficAllocation);
  const units = variants.map(({ id }) => data.totals.get(id)?.units ?? 0);
  const conflicted = [...data.totals.values()].reduce((sum, arm) => sum + arm.conflicted, 0);
  const days = byDay(plan, data);
  const total = units.reduce((sum, count) => sum + count, 0);
  const report = {
    srm: {
      overall: srmOf(units, weights),
      byDay: days.map((each) => ({ day: dayName(each.day), ...corrected(plan, each.units, weights, days.length) })),
      bySegment: segments === null ? null : srmBySegment(plan, segments),
      sequential: sequentialView(days, weights),
    },
    multipleExposures: { ...checkMultipleExposures(conflicted, total) },
    balance: balanceOf(plan, data),
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
  weights: readonly number[],
  parts: number,
): SrmOfPart {
  const srm = srmOf(units, weights);
  const adjustedPValue = srm.pValue === null ? null : Math.min(1, srm.pValue * parts);
  return { ...srm, adjustedPValue, verdict: verdictAt(srm.verdict, adjustedPValue), units: byKey(plan, units) };
}

function verdictAt(verdict: SrmResult['verdict'], pValue: number | null): SrmResult['verdict'] {
  if (verdict === 'insufficient' || pValue === null) return verdict;
  return pValue < 0.001 ? 'mismatch' : pValue < 0.01 ? 'warning' : 'ok';
}

function srmBySegment(plan: ExperimentPlan, segments: Segments): (SrmOfPart & { segment: string })[] {
  const { variants } = plan.definition;
  const weights = variants.map(({ trafficAllocation }) => trafficAllocation);
  return [...segments].map(([segment, { totals }]) => ({
    segment,
    ...corrected(
      plan,
      variants.map(({ id }) => totals.get(id)?.units ?? 0),
      weights,
      segments.size,
    ),
  }));
}

/** A look at the end of each day; the p-value is the smallest of them and may be looked at whenever. */
function sequentialView(days: readonly DayCounts[], weights: readonly number[]): ExperimentHealth['srm']['sequential'] {
  const counts: number[][] = [];
  for (const { units } of days) counts.push(units.map((count, index) => count + (counts.at(-1)?.[index] ?? 0)));
  const looks = sequentialSrm(counts, weights);
  const last = looks.ok ? looks.value.at(-1) : undefined;
  if (last === undefined) return { pValue: null, logBayesFactor: null, looks: 0, verdict: 'insufficient' };
  return { ...last, looks: counts.length, verdict: verdictAt('ok', last.pValue) };
}

function byKey({ definition }: ExperimentPlan, counts: readonly number[]): Record<string, number> {
  return Object.fromEntries(definition.variants.map(({ key }, index) => [key, counts[index] ?? 0]));
}

function balanceOf(plan: ExperimentPlan, data: ExperimentData): ExperimentHealth['balance'] {
  const tests: BalanceTest[] = balanceTests(plan, data);
  if (tests.length > 0) return { tests, refusal: null };
  const message = 'Nothing from before the exposure is kept: set analysis.cuped in the plan.';
  return { tests, refusal: { code: 'NO_COVARIATES', message } };
}
